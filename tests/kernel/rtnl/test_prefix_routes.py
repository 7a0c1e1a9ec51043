"""What the kernel makes of an address by itself, lost by somebody's hand and put back."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from conlink_compose.kernel import mark_of
from conlink_compose.kernel.namespaces import Namespaces
from conlink_compose.kernel.nft.nft import Nft
from conlink_compose.kernel.observe import look
from conlink_compose.kernel.ovs.ovs import Ovs
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, Request, route_sockets
from conlink_compose.linux import uapi
from conlink_compose.state import HUB, Address, PrefixRoute
from conlink_compose.state.sought import NOTHING
from tests.kernel.lab import PROJECT, Lab, add, add_wire, remove

pytestmark = pytest.mark.root

Thing = TypeVar("Thing")


def seen(lab: Lab, node: str = "a") -> dict[str, bool]:
    """Whether each is there, of those of eth0."""
    things = lab.observe().state
    found = [one for one in things if isinstance(one, PrefixRoute) and one.netns == node]
    return {one.to: one.there for one in found if one.interface == "eth0"}


def routes(lab: Lab, node: str = "a") -> list[str]:
    """As `ip` has them, with all that the kernel gives them."""
    found = [*lab.ip(node, "-4 route show"), *lab.ip(node, "-6 route show")]
    return sorted(map(str, found))


def put_back(lab: Lab, node: str = "a") -> None:
    lost = [one for one in lab.observe().state if isinstance(one, PrefixRoute) and not one.there]
    assert {one.netns for one in lost} == {node}
    lab.do(*(add(replace(one, there=True)) for one in lost))


@pytest.mark.parametrize(
    ("cidrs", "prefixes"),
    [
        (["10.0.0.1/24"], {"10.0.0.0/24"}),
        (["10.0.0.0/31"], {"10.0.0.0/31"}),
        (["10.0.0.1/32"], set()),
        (["10.0.0.1/24", "10.0.0.2/24"], {"10.0.0.0/24"}),
        (["10.0.0.1/24", "10.0.0.2/16"], {"10.0.0.0/24", "10.0.0.0/16"}),
        (["fd00::1/64"], {"fd00::/64"}),
        (["fd00::1/128"], {"fd00::1/128"}),
        (["fd00::1/64", "fd00::2/64"], {"fd00::/64"}),
        (["fe80::1/64"], set()),
    ],
    ids=lambda found: " ".join(sorted(found)),  # a set's own order differs in each process
)
def test_what_is_put_back_is_what_the_kernel_had_made(
    lab: Lab, cidrs: list[str], prefixes: set[str]
) -> None:
    lab.do(add_wire("a", "b"), *(add(Address("a", "eth0", cidr)) for cidr in cidrs))
    lab.until_link_local("a:eth0")
    before = routes(lab)
    assert seen(lab) == dict.fromkeys((*prefixes, "fe80::/64"), True)
    for family in ("-4", "-6"):  # which `ip` complains of where there is no table yet
        lab.run("a", "ip", family, "route", "flush", "table", "main")
    assert seen(lab) == dict.fromkeys((*prefixes, "fe80::/64"), False)
    put_back(lab)
    assert routes(lab) == before


@pytest.mark.parametrize("cidr", ["10.0.0.1/24", "fd00::1/64"])
def test_what_was_put_back_goes_with_its_address(lab: Lab, cidr: str) -> None:
    lab.do(add_wire("a", "b"))
    lab.until_link_local("a:eth0")
    bare = routes(lab)
    address = Address("a", "eth0", cidr)
    lab.do(add(address))
    lab.change("a", f"route delete {'10.0.0.0/24' if '.' in cidr else 'fd00::/64'}")
    put_back(lab)
    lab.do(remove(address))
    assert routes(lab) == bare


def test_the_route_of_two_addresses_outlives_the_first(lab: Lab) -> None:
    first, second = (Address("a", "eth0", f"10.0.0.{i}/24") for i in (1, 2))
    lab.do(add_wire("a", "b"), add(first), add(second))
    lab.change("a", "route delete 10.0.0.0/24")
    put_back(lab)
    lab.do(remove(first))
    (left,) = lab.ip("a", "-4 route show")
    assert (left["dst"], left["prefsrc"], left["protocol"]) == ("10.0.0.0/24", "10.0.0.2", "kernel")


def test_another_link_keeps_its_route_to_the_same_prefix(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add_wire("a", "b", "eth1"))
    for i, dev in enumerate(("eth0", "eth1"), 1):
        lab.do(add(Address("a", dev, f"10.0.0.{i}/24")), add(Address("a", dev, f"fd00::{i}/64")))
    for family, to in (("-4", "10.0.0.0/24"), ("-6", "fd00::/64")):
        lab.change("a", f"{family} route delete {to} dev eth0")
    put_back(lab)
    for family, to in (("-4", "10.0.0.0/24"), ("-6", "fd00::/64")):
        assert {one["dev"] for one in lab.ip("a", f"{family} route show {to}")} == {"eth0", "eth1"}


def test_where_the_kernel_makes_none_none_is_lost(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add_wire("a", "b", "down0"))
    lab.change("a", "link set down0 down")
    lab.change("a", "addr add 10.9.0.1/24 dev down0")
    lab.change("a", "addr add 10.1.0.1/24 dev eth0 noprefixroute")
    lab.change("a", "addr add fd01::1/64 dev eth0 noprefixroute")
    lab.change("a", "addr add 10.2.0.1 peer 10.2.0.2/24 dev eth0")
    lost = [one for one in lab.observe().state if isinstance(one, PrefixRoute) and not one.there]
    assert lost == []


def test_somebodys_own_route_to_the_prefix_stands_for_the_kernels(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add(Address("a", "eth0", "10.0.0.1/24")))
    lab.change("a", "route replace 10.0.0.0/24 dev eth0 src 10.0.0.1 proto static")
    assert seen(lab)["10.0.0.0/24"]


class AddressBetween(LinkSocket):
    """Somebody adds an address when the routes have been told of, and the addresses not yet."""

    def __init__(self, lab: Lab) -> None:
        (raw,) = route_sockets((lab.fds["a"],))
        assert isinstance(raw, socket.socket)
        super().__init__(raw)
        self._lab = lab

    def read_dump(self, request: Request, read: Callable[[bytes, int, int], Thing]) -> list[Thing]:
        if request.kind == uapi.RTM_GETADDR:
            self._lab.change("a", "addr add 10.9.0.1/24 dev eth0")
        return super().read_dump(request, read)


def test_an_address_that_comes_while_it_is_looked_has_lost_nothing(lab: Lab) -> None:
    lab.do(add_wire("a", "b"))
    namespaces = Namespaces(lab.path(HUB))
    assert not namespaces.admit(lab.paths)
    node = namespaces.get("a")
    assert node
    node.socket.close()
    node.socket = AddressBetween(lab)
    mark = mark_of(PROJECT)
    state, _ = look(namespaces, mark, Nft(mark), Ovs(lambda _: None), NOTHING)
    found = {one.to: one.there for one in state if isinstance(one, PrefixRoute)}
    assert found["10.9.0.0/24"]
    namespaces.close()
