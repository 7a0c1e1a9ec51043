"""Messages that make, change and remove interfaces."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from conlink_compose.kernel.rtnl.kind_data import info
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, nest, text, u8, u32
from conlink_compose.state import FRESH, HUB, OVERRIDE, Data, Interface, LocalPort, Operation, Verb

_HEAD = struct.Struct("=BxHiII")
_MAKE = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL

# One queue each way. A veth without these gets one for every processor, and changing their
# count at registration waits twice for RCU: 1.85 times the whole cost of the link.
_ONE_QUEUE = u32(uapi.IFLA_NUM_TX_QUEUES, 1) + u32(uapi.IFLA_NUM_RX_QUEUES, 1)

# A kernel started with ipv6.disable=1 refuses a whole message that speaks of AF_INET6.
_HAS_IPV6 = Path("/proc/sys/net/ipv6").is_dir()

# No IPv6 address of its own for what lies in the hub: the hub's stack has no business in a
# user's broadcast domain, and its duplicate address detection on 1,000 bridge ports, each
# probe flooded to all others, costs three times as much as the links themselves.
NO_IPV6_ADDRESS = (
    nest(
        uapi.IFLA_AF_SPEC,
        nest(socket.AF_INET6, u8(uapi.IFLA_INET6_ADDR_GEN_MODE, uapi.IN6_ADDR_GEN_MODE_NONE)),
    )
    if _HAS_IPV6
    else b""
)

# Removing the first IPv4 address of a subnet removes the others of that subnet too, unless
# the interface promotes one of them. The routes over them stay, and so does their traffic.
_PROMOTE_SECONDARIES = nest(
    uapi.IFLA_AF_SPEC,
    nest(
        socket.AF_INET,
        nest(uapi.IFLA_INET_CONF, u32(uapi.IPV4_DEVCONF_PROMOTE_SECONDARIES, 1)),
    ),
)


FINE: Mapping[Verb, tuple[int, ...]] = {}


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    """A change of one that is there; to make and to remove them is the affair of `make`, `remove`,
    which do it by the hundred."""
    wanted, before = operation.thing, operation.before
    assert isinstance(wanted, Interface)
    if not isinstance(before, Interface):
        before = Interface(wanted.netns, wanted.name, wanted.kind)
    master = lookup.master_of(wanted) if wanted.master else 0
    if isinstance(master, Refusal):
        return master
    requests = change(before, wanted, ifindex, None if wanted.master is None else master)
    # Open vSwitch made it, so it does not bear our mark yet. A tap stays when its program ends.
    mark = (regroup(ifindex, lookup.mark),) if isinstance(wanted, LocalPort) else ()
    return (*mark, *requests)


def make_veth(
    near: tuple[Interface, int, int], far: tuple[Interface, int, int | None], mark: int
) -> Request:
    """Both ends of a veth; each is (what it shall be, its ifindex, its namespace's descriptor).

    The far end lies in the hub where its descriptor is None. The near end comes up at once;
    IFF_UP of the peer would fail the whole request, and its IFLA_MASTER would be ignored.
    The kernel honours the peer's ifindex only where the first end's is chosen too.
    """
    near_end, near_ifindex, near_fd = near
    far_end, far_ifindex, far_fd = far
    peer = _HEAD.pack(0, 0, far_ifindex, 0, 0) + _new(far_end, mark, far_fd)
    kind = nest(
        uapi.IFLA_LINKINFO,
        text(uapi.IFLA_INFO_KIND, "veth"),
        nest(uapi.IFLA_INFO_DATA, nest(uapi.VETH_INFO_PEER, peer)),
    )
    return Request(
        uapi.RTM_NEWLINK,
        _MAKE,
        _head(near_ifindex, near_end.up) + _new(near_end, mark, near_fd) + kind,
    )


def make(
    interface: Interface,
    ifindex: int,
    mark: int,
    parent: int | None = None,
    fd: int | None = None,
) -> Request:
    """Any interface that has no other end, down, in the namespace of the socket.

    On the interface `parent` of the socket's namespace it lies in that of the descriptor `fd`, and
    is made there at once: nothing of it, its name least of all, is ever seen in the parent's. Asked
    of the node's own socket, with IFLA_LINK_NETNSID, the kernel would make it beside the parent and
    move it (net/core/rtnetlink.c, rtnl_newlink_create): an eth0 would be refused beside an eth0.
    """
    kind = info(interface.kind, _changed(interface.data, FRESH.get(interface.kind, ())))
    link = b"" if parent is None else u32(uapi.IFLA_LINK, parent)
    body = _head(ifindex, None) + _new(interface, mark, fd) + link + kind
    return Request(uapi.RTM_NEWLINK, _MAKE, body)


def finish(interface: Interface, ifindex: int, master: int | None) -> Iterator[Request]:
    """What the kernel does not honour when it makes an interface of `make`.

    A bridge follows the smallest MTU of its ports until somebody sets its own; the MTU
    at creation does not count as set.
    """
    if interface.kind == "bridge" or master is not None:
        enslave = b"" if master is None else u32(uapi.IFLA_MASTER, master)
        yield set_link(ifindex, enslave, NO_IPV6_ADDRESS)
    mtu = u32(uapi.IFLA_MTU, interface.mtu) if interface.mtu and interface.kind == "bridge" else b""
    if mtu or interface.up:
        yield set_link(ifindex, mtu, up=interface.up)


def finish_far_end(
    interface: Interface, ifindex: int, master: int | None, in_hub: bool
) -> tuple[Request, ...]:
    """What the kernel does not honour in the peer of a new veth.

    In the hub it takes two messages or three: of one message the kernel obeys IFF_UP before
    IFLA_AF_SPEC, and an end that finds its carrier in between has an IPv6 address already.
    """
    enslave = b"" if master is None else u32(uapi.IFLA_MASTER, master)
    if in_hub:
        # Of a message that makes it a port, the kernel reads nothing yet that only a port has.
        isolate = (_set_port(ifindex, _isolated(True)),) if interface.isolated else ()
        enter = set_link(ifindex, enslave, NO_IPV6_ADDRESS)
        return enter, *isolate, set_link(ifindex, up=interface.up)
    return (set_link(ifindex, up=interface.up),)


def change(
    before: Interface, wanted: Interface, ifindex: int, master: int | None
) -> tuple[Request, ...]:
    """The declared attributes that differ. `master` is the ifindex of the wanted one, 0 for none.

    What in the hub is down may be what a runtime that was killed had no time to finish.
    """
    parts: list[bytes] = []
    if wanted.mac is not None and wanted.mac != before.mac:
        parts.append(_mac(wanted.mac))
    mtu = wanted.inherited_mtu(before) or wanted.mtu
    if mtu is not None and mtu != before.mtu:
        parts.append(u32(uapi.IFLA_MTU, mtu))
    if master is not None and (wanted.master or "") != (before.master or ""):
        parts.append(u32(uapi.IFLA_MASTER, master))
    if wanted.override is not None and wanted.override != before.override:
        alias = f"{OVERRIDE}{wanted.override}".encode() if wanted.override else b""
        parts.append(attribute(uapi.IFLA_IFALIAS, alias))
    if data := _changed(wanted.data, before.data):
        parts.append(info(wanted.kind, data))
    comes_up = wanted.up if wanted.up != before.up else None
    requests: tuple[Request, ...] = ()
    if comes_up and wanted.netns == HUB:
        requests = set_link(ifindex, *parts, NO_IPV6_ADDRESS), set_link(ifindex, up=True)
    elif parts or comes_up is not None:
        requests = (set_link(ifindex, *parts, up=comes_up),)
    return (*requests, *_change_port(before, wanted, ifindex))


def _change_port(before: Interface, wanted: Interface, ifindex: int) -> Iterator[Request]:
    """What is the port's goes with the port: in another bridge it begins anew."""
    was_isolated = before.isolated and wanted.master == before.master
    if wanted.isolated is not None and wanted.isolated != bool(was_isolated):
        yield _set_port(ifindex, _isolated(wanted.isolated))
    if before.held and wanted.held == "":
        # The kernel takes it of no port of a spanning tree of its own (net/bridge/br_netlink.c,
        # br_set_port_state).
        yield _set_port(ifindex, u8(uapi.IFLA_BRPORT_STATE, uapi.BR_STATE_FORWARDING))


def _isolated(isolated: bool) -> bytes:
    return u8(uapi.IFLA_BRPORT_ISOLATED, isolated)


def _set_port(ifindex: int, data: bytes) -> Request:
    """Of an interface that is a port of a bridge already."""
    port = text(uapi.IFLA_INFO_SLAVE_KIND, "bridge") + nest(uapi.IFLA_INFO_SLAVE_DATA, data)
    return set_link(ifindex, nest(uapi.IFLA_LINKINFO, port))


def set_link(ifindex: int, *parts: bytes, up: bool | None = None) -> Request:
    return Request(uapi.RTM_NEWLINK, 0, _head(ifindex, up) + b"".join(parts))


def regroup(ifindex: int, group: int) -> Request:
    return set_link(ifindex, u32(uapi.IFLA_GROUP, group))


def promote_secondaries(ifindex: int) -> Request:
    return Request(uapi.RTM_SETLINK, 0, _head(ifindex, None) + _PROMOTE_SECONDARIES)


def remove(ifindex: int) -> Request:
    return Request(uapi.RTM_DELLINK, 0, _head(ifindex, None))


def remove_group(group: int) -> Request:
    """Every interface of the group in the namespace of the socket."""
    return Request(uapi.RTM_DELLINK, 0, _head(0, None) + u32(uapi.IFLA_GROUP, group))


def dump_links() -> Request:
    """Without the counters, which are a third of every answer."""
    return Request(
        uapi.RTM_GETLINK,
        0,
        _head(0, None) + u32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_SKIP_STATS),
    )


def _head(ifindex: int, up: bool | None) -> bytes:
    flags, mask = (uapi.IFF_UP if up else 0), (0 if up is None else uapi.IFF_UP)
    return _HEAD.pack(socket.AF_UNSPEC, 0, ifindex, flags, mask)


def _new(interface: Interface, mark: int, fd: int | None) -> bytes:
    parts = [text(uapi.IFLA_IFNAME, interface.name), u32(uapi.IFLA_GROUP, mark)]
    if interface.kind == "veth":
        parts.append(_ONE_QUEUE)
    if interface.mtu is not None and interface.kind != "bridge":
        parts.append(u32(uapi.IFLA_MTU, interface.mtu))
    if interface.mac is not None:
        parts.append(_mac(interface.mac))
    if fd is not None:
        parts.append(u32(uapi.IFLA_NET_NS_FD, fd))
    return b"".join(parts)


def _mac(mac: str) -> bytes:
    return attribute(uapi.IFLA_ADDRESS, bytes.fromhex(mac.replace(":", "")))


def _changed(wanted: Data, before: Data) -> Data:
    there = dict(before)
    return tuple((name, value) for name, value in wanted if there.get(name) != value)
