"""Which frames end at an interface of a node, and which it leaves alone: the scenarios of the
kernel's local_termination.sh, on each kind of way from one node to the other."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests.kernel.datagrams import datagram
from tests.kernel.declared_lab import bring_up, steps
from tests.kernel.lab import Lab
from tests.kernel.listening import listener, taken
from tests.kernel.raw_frames import raw

pytestmark = pytest.mark.root

MAC, NEXT, UNKNOWN = "02:00:00:00:01:02", "02:00:00:00:01:22", "02:00:00:00:77:77"
NEAR = {4: "10.0.0.1", 6: "fd00::1"}
OWN = {4: "10.0.0.2", 6: "fd00::2"}
GROUPS = {4: ("239.1.1.1", "239.2.2.2"), 6: ("ff15::1:1", "ff15::2:2")}
IP = {"a": "ip: [10.0.0.1/24, 'fd00::1/64']", "b": "ip: [10.0.0.2/24, 'fd00::2/64']"}
WAYS = {
    "bridge": ("bridge: lan", "bridge: lan"),
    "patch": ("bridge: cable", "bridge: cable"),
    "wire": (None, f"peer: {{host: a, {IP['a']}}}"),
    "macvlan": ("bridge: lan", "type: macvlan, outer-dev: lan"),
}
"""How a and b are joined."""


def network(way: str, mac: str = MAC) -> str:
    near, far = WAYS[way]
    a = f"links: [{{{near}, {IP['a']}}}]" if near else ""
    b = f"links: [{{{far}, {IP['b']}, mac: '{mac}'}}]"
    cable = ", cable: {mode: patch}" if way == "patch" else ""
    return (
        f"services: {{}}\nx-conlink:\n  bridges: {{lan: {{mode: linux}}{cable}}}\n"
        f"  hosts: {{a: {{{a}}}, b: {{{b}}}}}\n"
    )


def send(lab: Lab, *frames: bytes) -> None:
    with raw(lab, "a") as sender:
        for one in frames:
            sender.send(one)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_for_it_ends_there_and_nothing_else(lab_of: Callable[..., Lab], way: str) -> None:
    lab = lab_of("a", "b")
    bring_up(lab, network(way))
    lab.until_link_local("b:eth0")
    joined = [GROUPS[family][0] for family in (4, 6)]
    with listener(lab, "b", *joined) as listening:
        assert ends(lab, listening) == {
            f"{what}{family}".encode() for what in ("own", "joined") for family in (4, 6)
        }
        lab.change("b", "link set eth0 promisc on")
        assert b"unknown4" not in ends(lab, listening), "it is seen, and is nobody's to take"
        lab.change("b", "link set eth0 promisc off")
        bring_up(lab, network(way, NEXT))
        assert steps(lab, network(way, NEXT)) == ""
        assert ends(lab, listening) == {b"joined4", b"joined6"}, "its MAC is another now"
        assert ends(lab, listening, NEXT) >= {b"own4", b"own6"}


def ends(lab: Lab, listening: socket.socket, mac: str = MAC) -> set[bytes]:
    """What b takes of all that a sends to it."""
    for family in (4, 6):
        near, own = NEAR[family], OWN[family]
        joined, other = GROUPS[family]
        send(
            lab,
            datagram(near, own, f"own{family}".encode(), mac),
            datagram(near, own, f"unknown{family}".encode(), UNKNOWN),
            datagram(near, joined, f"joined{family}".encode()),
            datagram(near, other, f"other{family}".encode()),
        )
    return taken(listening)
