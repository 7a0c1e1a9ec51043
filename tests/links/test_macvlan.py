from __future__ import annotations

from dataclasses import dataclass

import pytest

from conlink_compose.diagnostics import Span
from conlink_compose.links.macvlan import check_end
from tests.links.on_parent import MAC, expanded, is_made_anew

AT = Span("compose.yaml", 7, 11, 7, 20)


@dataclass(frozen=True)
class Key:
    value: object
    key_at: Span = AT


def test_without_a_mode_all_on_a_parent_reach_each_other() -> None:
    found = expanded("macvlan")
    assert (found.data, found.mac, found.mtu) == ((("mode", "bridge"),), MAC, None)
    assert expanded("macvlan", mtu=1400, mode="vepa").data == (("mode", "vepa"),)


def test_in_passthru_it_has_the_mac_of_its_parent() -> None:
    assert expanded("macvlan", mode="passthru").mac is None
    keys = {"mac": Key(MAC), "mode": Key("passthru")}
    (found,) = check_end("eth0 of a", AT, keys, False)
    assert (found.code, found.span) == ("key-not-for-mode", AT)
    assert not list(check_end("eth0 of a", AT, {**keys, "mode": Key("bridge")}, False))


@pytest.mark.parametrize(("old", "new"), [("bridge", "passthru"), ("passthru", "private")])
def test_it_goes_into_passthru_and_out_of_it_only_anew(old: str, new: str) -> None:
    assert is_made_anew(expanded("macvlan", mode=old), expanded("macvlan", mode=new))


def test_any_other_mode_is_changed_in_place() -> None:
    assert not is_made_anew(expanded("macvlan", mode="vepa"), expanded("macvlan", mode="source"))


def test_a_kernel_without_it_is_told() -> None:
    found = expanded("macvlan", frozenset({"macvlan"})).lacks({}, {})
    assert found
    assert "kernel has no macvlan" in found.message
    assert found.advice.endswith("modprobe macvlan")
