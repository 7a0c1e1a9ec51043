"""What is refused becomes a value, and the rest goes on."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from conlink_compose.diagnostics import Span
from conlink_compose.kernel import Failure, failure_diagnostic
from conlink_compose.kernel.make import Ifindexes
from conlink_compose.state import HUB, Address, End, Interface, Operation, Ready, Route
from tests.kernel.lab import Lab, add, add_bridge, add_link, add_wire, change, remove, veth

pytestmark = pytest.mark.root


def test_a_name_that_is_taken_spoils_only_what_lies_on_it(lab: Lab) -> None:
    lab.change("a", "link add eth0 type ifb")
    lab.observe()
    failures = lab.kernel.apply(
        (
            add_bridge(),
            add_link("a"),
            add_link("b"),
            add(Address("a", "eth0", "10.0.0.1/24")),
            add(Address("b", "eth0", "10.0.0.2/24")),
            add(Ready("a")),
            add(Ready("b")),
        )
    )
    assert [(f.operation.thing.key, f.name) for f in failures] == [
        (("interface", "a", "eth0"), "EEXIST")
    ]
    assert lab.cidrs("a", "eth0") == set()
    assert lab.cidrs("b", "eth0") == {"10.0.0.2/24"}
    assert [one.netns for one in lab.observe().state if isinstance(one, Ready)] == ["b"]


def test_a_foreign_interface_is_never_touched(lab: Lab) -> None:
    lab.change("a", "link add eth0 address 02:00:00:00:00:07 type ifb")
    lab.change("a", "addr add 10.0.0.1/24 dev eth0")
    before = lab.ip("a", "addr show dev eth0")
    lab.observe()
    pretended = Interface("a", "eth0", "ifb", mtu=1500)
    failures = lab.kernel.apply(
        (
            change(pretended, replace(pretended, mtu=1300)),
            add(Address("a", "eth0", "10.0.0.2/24")),
            remove(Address("a", "eth0", "10.0.0.1/24")),
            remove(pretended),
        )
    )
    assert [failure.errno for failure in failures] == [errno.EPERM] * 4
    assert lab.ip("a", "addr show dev eth0") == before
    assert "not made by us" in failure_diagnostic(failures[0]).message


def test_a_foreign_route_survives_a_removal_of_ours(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add(Address("a", "eth0", "10.0.0.1/24")))
    lab.change("a", "route add 10.9.0.0/16 via 10.0.0.9")
    lab.do(remove(Route("a", "eth0", "10.9.0.0/16", "10.0.0.9")))
    assert len(lab.ip("a", "route show 10.9.0.0/16")) == 1


def test_a_namespace_that_ends_midway(lab: Lab) -> None:
    lab.do(add_bridge(), add_link("a"))
    lab.kernel.observe({"b": lab.path("b")})
    failures = lab.kernel.apply(
        (
            add_link("a", dev="eth1"),
            add(Address("a", "eth0", "10.0.0.1/24")),
            add(Ready("a")),
            add_link("b"),
        )
    )
    assert [failure.errno for failure in failures] == [errno.ENODEV] * 2
    assert lab.link("b", "eth0")


def test_the_ready_mark_of_a_node_that_is_gone_is_a_failure(lab: Lab) -> None:
    lab.observe()
    failures = lab.kernel.apply((add(Ready("nobody")),))
    assert [failure.errno for failure in failures] == [errno.ENODEV]


def test_a_link_that_ends_midway(lab: Lab) -> None:
    lab.do(add_bridge(), add_link("a"), add_link("b"))
    lab.observe()
    lab.change("a", "link del eth0")
    near = Interface("a", "eth0", "veth", mtu=1500)
    failures = lab.kernel.apply(
        (
            add(Address("a", "eth0", "10.0.0.1/24")),
            remove(near),
            add(Address("b", "eth0", "10.0.0.2/24")),
        )
    )
    assert [failure.errno for failure in failures] == [errno.ENODEV]
    assert lab.cidrs("b", "eth0") == {"10.0.0.2/24"}


def test_a_kind_this_kernel_cannot_make(lab: Lab) -> None:
    lab.observe()
    failures = lab.kernel.apply(
        (add(Interface("a", "x", "nonsense")), add(Address("a", "x", "10.0.0.1/24")))
    )
    assert [failure.errno for failure in failures] == [errno.EOPNOTSUPP]
    told = failure_diagnostic(failures[0])
    assert 'the kernel says "Unknown device type"' in told.message
    assert told.help


def test_a_gateway_out_of_reach_is_told_in_words_with_its_place(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add(Address("a", "eth0", "10.0.0.1/24")))
    span = Span("compose.yaml", 3, 5, 3, 9)
    route = Route("a", "eth0", "0.0.0.0/0", "192.168.7.7")
    (failure,) = lab.kernel.apply((Operation("add", route, "is declared", span),))
    told = failure_diagnostic(failure)
    assert (told.code, told.span) == ("kernel-refused", span)
    assert told.message == (
        "cannot add route default via 192.168.7.7 on eth0 of a: no address of the node reaches "
        'the gateway (ENETUNREACH); the kernel says "Nexthop has invalid gateway"'
    )
    assert told.help == "give the link an address in the gateway's subnet, or the route `onlink`"


def test_an_index_that_is_taken_is_chosen_again_and_its_owner_left_alone(lab: Lab) -> None:
    start = 1 << 25
    lab.change(HUB, f"link add foreign index {start + 1} type ifb")
    before = lab.ip(HUB, "link show dev foreign")
    lab.observe()
    # The bridge gets the first, the veth the next two, and then another two.
    lab.kernel._ifindexes = Fixed(*(start + more for more in (2, 0, 1, 4, 5)))
    assert lab.kernel.apply((add_bridge(), add_link("a"))) == ()
    assert lab.ip(HUB, "link show dev foreign") == before
    outer = lab.link(HUB, "a-eth0")
    assert outer
    assert outer["master"] == "br"


def test_an_index_that_is_taken_is_chosen_again_for_a_bridge_too(lab: Lab) -> None:
    start = 1 << 25
    lab.change(HUB, f"link add foreign index {start} type ifb")
    lab.observe()
    lab.kernel._ifindexes = Fixed(start, start + 1)
    assert lab.kernel.apply((add_bridge(),)) == ()
    made = lab.link(HUB, "br")
    assert made
    assert made["ifindex"] == start + 1


class Fixed(Ifindexes):
    """Takes the numbers it is told to take."""

    def __init__(self, *numbers: int) -> None:
        self._left = list(numbers)

    def take(self) -> int:
        return self._left.pop(0)


def test_a_bridge_that_is_missing(lab: Lab) -> None:
    lab.observe()
    failures = lab.kernel.apply((add_link("a", "nowhere"),))
    assert [failure.errno for failure in failures] == [errno.ENODEV]
    assert "there is no bridge nowhere" in failure_diagnostic(failures[0]).message
    assert lab.link("a", "eth0") is None


def test_nothing_is_joined_to_a_bridge_that_changed_hands_after_the_plan(lab: Lab) -> None:
    lab.do(add_bridge("mine"), add_link("b", "mine"))
    lab.change(HUB, "link add name br type bridge")
    lab.observe()
    near, far = veth(End("b", "eth0"), End(HUB, "b-eth0"), "mine")
    failures = lab.kernel.apply((add_link("a"), change(far, replace(far, master="br"))))
    assert [failure.errno for failure in failures] == [errno.EPERM] * 2
    assert all("its bridge was not made by us" in failure_diagnostic(f).message for f in failures)
    assert lab.link("a", "eth0") is None
    port = lab.link(HUB, "b-eth0")
    assert port
    assert port["master"] == "mine"
    assert near.peer == far.end


def test_a_bridge_that_cannot_be_made_is_the_one_failure_of_all_that_hangs_on_it(lab: Lab) -> None:
    lab.observe()
    lab.change(HUB, "link add name br type ifb")
    failures = lab.kernel.apply(
        (
            add_bridge(),
            add_link("a"),
            add(Address("a", "eth0", "10.0.0.1/24")),
            add(Ready("a")),
            add(Ready("b")),
        )
    )
    assert [(f.operation.thing.key, f.name) for f in failures] == [
        (("interface", HUB, "br"), "EEXIST")
    ]
    assert lab.link("a", "eth0") is None
    assert [one.netns for one in lab.observe().state if isinstance(one, Ready)] == ["b"]


def test_an_ipv6_address_where_the_node_has_ipv6_switched_off(lab: Lab) -> None:
    address = Address("a", "eth0", "fd00::1/64")
    said = "IPv6 is disabled on this device"
    told = failure_diagnostic(Failure(add(address), errno.EACCES, said))
    assert "IPv6 is switched off in the node" in told.message
    assert "net.ipv6.conf.all.disable_ipv6: 0" in (told.help or "")


def test_a_hub_that_cannot_be_opened(lab: Lab) -> None:
    from conlink_compose.kernel import Kernel

    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="No such file"):
        Kernel("/proc/0/ns/net", 1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
