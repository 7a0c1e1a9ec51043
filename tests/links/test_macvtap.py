from __future__ import annotations

from dataclasses import replace

from tests.links.on_parent import MAC, expanded, is_made_anew


def test_it_is_a_macvlan_with_a_device() -> None:
    found = expanded("macvtap", mode="private")
    assert (found.data, found.mac) == ((("mode", "private"),), MAC)
    assert is_made_anew(found, expanded("macvtap", mode="passthru"))


def test_the_device_is_told_where_it_is_seen() -> None:
    found = expanded("macvtap")
    seen = replace(found, data=(*found.data, ("device", "/dev/tap77")))
    assert seen.joined == "parent nic of the machine, /dev/tap77"
    assert not list(found.differences(seen))
