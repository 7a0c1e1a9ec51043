from __future__ import annotations

from tests.links.on_parent import expanded


def test_it_is_an_ipvlan_with_a_device() -> None:
    found = expanded("ipvtap", mode="l3")
    assert (found.mac, found.data) == (None, (("mode", "l3"),))
