"""What a kernel may have been built without, beside kinds of interface: found out by trying."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conlink_compose.kernel.mark import mark_of
from conlink_compose.kernel.nft.messages import whole_table
from conlink_compose.kernel.nft.nft_socket import NftSocket, raw_nft_socket
from conlink_compose.kernel.ovs import datapath, programs
from conlink_compose.kernel.rtnl.kind_data import filters_vlans
from conlink_compose.kernel.rtnl.link_socket import LinkSocket
from conlink_compose.kernel.rtnl.messages_link import dump_links, make
from conlink_compose.kernel.rtnl.messages_qdisc import dump_qdiscs
from conlink_compose.kernel.rtnl.messages_qdisc import make as make_qdisc
from conlink_compose.kernel.rtnl.messages_redirect import add, add_qdisc
from conlink_compose.kernel.rtnl.read_link import read_link
from conlink_compose.kernel.rtnl.read_qdisc import stages_by_link
from conlink_compose.linux.namespaces import in_new_network
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import (
    HUB,
    MIRRED,
    OVS,
    OVS_DATAPATH,
    VLAN_FILTERING,
    Forward,
    Interface,
    Nat,
    Netem,
)
from conlink_compose.state.netem import NETEM, SEED
from conlink_compose.state.rule_table import PACKET_RULES

_SOME_SEED = 0x636C


def _filters_vlans(asked: LinkSocket) -> bool:
    """Held by what is there afterwards: a kernel that cannot refuses the bridge, or makes it and
    tells nothing of VLANs."""
    bridge = Interface(HUB, "filters", "bridge", data=((VLAN_FILTERING, True),))
    asked.exchange((make(bridge, 0, 0),))
    links = asked.read_dump(dump_links(), read_link)
    return any(filters_vlans(link.data) for link in links if link.name == bridge.name)


def _redirects(asked: LinkSocket) -> bool:
    return not asked.exchange(
        (add_qdisc(LOOPBACK_IFINDEX), add(LOOPBACK_IFINDEX, LOOPBACK_IFINDEX))
    )


def _emulates(asked: LinkSocket) -> bool:
    """A root qdisc of ours: what stood there before does not matter."""
    return not asked.exchange((make_qdisc(LOOPBACK_IFINDEX, 0, Netem(seed=_SOME_SEED)),))


def _takes_seeds(asked: LinkSocket) -> bool:
    """A kernel before 6.6 takes one silently, and tells of none."""
    if not _emulates(asked):
        return False
    told = stages_by_link(asked.dump(dump_qdiscs()))
    stages = [stage for _, several in told for stage in several]
    return any(isinstance(stage, Netem) and stage.seed == _SOME_SEED for stage in stages)


def _translates(_: LinkSocket) -> bool:
    """By every kind of chain and of rule that we make, in a namespace of its own."""
    asked = NftSocket(in_new_network(raw_nft_socket))
    mark = mark_of("")
    things = (
        Nat("", "lo", "192.0.2.1", "192.0.2.2"),
        Nat("", "lo", "2001:db8::1", "2001:db8::2"),
        Forward(HUB, "tcp", 1, "192.0.2.1", 1, "lo", "192.0.2.2"),
    )
    try:
        return asked.transact(list(whole_table(things, mark))) is None
    finally:
        asked.close()


def _has_ovs_datapath(_: LinkSocket) -> bool:
    return datapath.has_kernel_datapath()


def _has_ovs(_: LinkSocket) -> bool:
    return programs.are_here() and (datapath.has_kernel_datapath() or datapath.may_be_userspace())


FEATURES: Mapping[str, Callable[[LinkSocket], bool]] = {
    VLAN_FILTERING: _filters_vlans,
    MIRRED: _redirects,
    NETEM: _emulates,
    SEED: _takes_seeds,
    PACKET_RULES: _translates,
    OVS: _has_ovs,
    OVS_DATAPATH: _has_ovs_datapath,
}
"""By the name that a `Thing` asks for it; the socket's namespace ends with the question."""
