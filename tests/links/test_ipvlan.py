from __future__ import annotations

from tests.links.on_parent import expanded, is_made_anew


def test_it_has_the_mac_of_its_parent() -> None:
    found = expanded("ipvlan")
    assert (found.mac, found.data) == (None, (("mode", "l2"),))


def test_its_mode_is_changed_in_place() -> None:
    assert not is_made_anew(expanded("ipvlan", mode="l2"), expanded("ipvlan", mode="l3s"))
