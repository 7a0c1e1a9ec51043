"""What we pack, pyroute2 reads: field by field, attribute by attribute."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace
from typing import Any

import pytest
from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
from pyroute2.netlink.rtnl.rtmsg import rtmsg

from conlink_compose.kernel.rtnl import (
    messages_address,
    messages_link,
    messages_prefix_route,
    messages_ready,
    messages_route,
)
from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.linux import uapi
from conlink_compose.state import HUB, PROTOCOL, READY, Address, End, Interface, PrefixRoute, Route


def decoded(message_class: Any, request: Request) -> Any:
    header = struct.pack("=IHHII", 16 + len(request.body), request.kind, request.flags, 1, 0)
    message = message_class(data=header + request.body)
    message.decode()
    return message


def attributes(message: Any) -> dict[str, Any]:
    return dict(message["attrs"])


NEAR = Interface("a", "eth0", "veth", mac="02:00:00:00:01:00", mtu=1400, up=True)
FAR = Interface(HUB, "a-eth0", "veth", mtu=1300, up=True, master="br", peer=End("a", "eth0"))


def test_a_veth_is_made_by_its_near_end() -> None:
    message = decoded(ifinfmsg, messages_link.make_veth((NEAR, 1001, 7), (FAR, 1002, None), 99))
    assert (message["index"], message["flags"], message["change"]) == (1001, 1, 1)
    found = attributes(message)
    assert found.pop("IFLA_LINKINFO").get_attr("IFLA_INFO_KIND") == "veth"
    assert found == {
        "IFLA_IFNAME": "eth0",
        "IFLA_GROUP": 99,
        "IFLA_NUM_TX_QUEUES": 1,
        "IFLA_NUM_RX_QUEUES": 1,
        "IFLA_MTU": 1400,
        "IFLA_ADDRESS": "02:00:00:00:01:00",
        "IFLA_NET_NS_FD": 7,
    }


def test_a_veth_names_its_far_end_and_leaves_it_down() -> None:
    message = decoded(ifinfmsg, messages_link.make_veth((NEAR, 1001, 7), (FAR, 1002, None), 99))
    data = message.get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_DATA")
    peer = data.get_attr("VETH_INFO_PEER")
    assert (peer["index"], peer["flags"], peer["change"]) == (1002, 0, 0)
    assert attributes(peer) == {
        "IFLA_IFNAME": "a-eth0",
        "IFLA_GROUP": 99,
        "IFLA_NUM_TX_QUEUES": 1,
        "IFLA_NUM_RX_QUEUES": 1,
        "IFLA_MTU": 1300,
    }


def test_a_wires_far_end_has_a_namespace_of_its_own() -> None:
    message = decoded(ifinfmsg, messages_link.make_veth((NEAR, 1, 7), (FAR, 2, 8), 99))
    peer = message.get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_DATA").get_attr("VETH_INFO_PEER")
    assert peer.get_attr("IFLA_NET_NS_FD") == 8


def test_the_far_end_is_enslaved_and_kept_free_of_ipv6_before_it_comes_up() -> None:
    first, second = messages_link.finish_far_end(FAR, 1002, 5, in_hub=True)
    message, then = decoded(ifinfmsg, first), decoded(ifinfmsg, second)
    assert (message["index"], message["flags"], message["change"]) == (1002, 0, 0)
    assert (then["index"], then["flags"], then["change"]) == (1002, 1, 1)
    assert message.get_attr("IFLA_MASTER") == 5
    spec = message.get_attr("IFLA_AF_SPEC")
    assert spec.get_attr("AF_INET6").get_attr("IFLA_INET6_ADDR_GEN_MODE") == 1


def test_a_change_holds_only_what_differs() -> None:
    before = Interface("a", "eth0", "veth", mac="02:00:00:00:00:09", mtu=1400, up=True, master="")
    (request,) = messages_link.change(before, NEAR, 5, None)
    message = decoded(ifinfmsg, request)
    assert attributes(message) == {"IFLA_ADDRESS": "02:00:00:00:01:00"}
    assert message["change"] == 0


def test_bridge_knobs() -> None:
    knobs = {"stp": True, "vlan_filtering": True, "mcast_snooping": True, "group_fwd_mask": 0x4008}
    bridge = Interface(HUB, "br", "bridge", data=tuple(knobs.items()))
    message = decoded(ifinfmsg, messages_link.make(bridge, 5, 99))
    data = message.get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_DATA")
    assert attributes(data) == {
        "IFLA_BR_STP_STATE": 1,
        "IFLA_BR_VLAN_FILTERING": 1,
        "IFLA_BR_GROUP_FWD_MASK": 0x4008,
    }, "what a fresh bridge has already is not sent: a kernel may be built without it"


@pytest.mark.parametrize(
    ("kind", "name", "value", "long", "read"),
    [
        ("vlan", "id", 4094, "IFLA_VLAN_ID", 4094),
        ("macvlan", "mode", "bridge", "IFLA_MACVLAN_MODE", "bridge"),
        ("macvtap", "mode", "passthru", "IFLA_MACVTAP_MODE", "passthru"),
        ("ipvlan", "mode", "l3s", "IFLA_IPVLAN_MODE", 2),
    ],
)
def test_what_only_a_kind_has(kind: str, name: str, value: Any, long: str, read: Any) -> None:
    wanted = Interface("a", "eth0", kind, data=((name, value),))
    message = decoded(ifinfmsg, messages_link.make(wanted, 5, 99, parent=3, fd=7))
    assert (message.get_attr("IFLA_LINK"), message.get_attr("IFLA_NET_NS_FD")) == (3, 7)
    data = message.get_attr("IFLA_LINKINFO").get_attr("IFLA_INFO_DATA")
    assert attributes(data) == {long: read}


def test_the_ready_mark_is_the_alias_of_lo() -> None:
    message = decoded(ifinfmsg, messages_ready.mark(1, ready=True))
    assert (message["index"], message.get_attr("IFLA_IFALIAS")) == (1, READY)


def test_an_ipv4_address() -> None:
    message = decoded(ifaddrmsg, messages_address.add(Address("a", "eth0", "10.0.0.1/24"), 5))
    assert (message["family"], message["prefixlen"], message["index"]) == (socket.AF_INET, 24, 5)
    found = attributes(message)
    assert (found["IFA_LOCAL"], found["IFA_ADDRESS"]) == ("10.0.0.1", "10.0.0.1")
    assert found["IFA_PROTO"] == PROTOCOL
    assert "IFA_FLAGS" not in found


def test_an_ipv6_address_is_usable_at_once() -> None:
    message = decoded(ifaddrmsg, messages_address.add(Address("a", "eth0", "fd00::1/64"), 5))
    assert message.get_attr("IFA_LOCAL") == "fd00::1"
    assert message.get_attr("IFA_FLAGS") == uapi.IFA_F_NODAD


def test_a_route_with_everything() -> None:
    route = Route("a", "eth0", "10.9.0.0/16", "10.0.0.9", 50, 1000, "10.0.0.1", onlink=True)
    message = decoded(rtmsg, messages_route.append(route, 5))
    assert (message["family"], message["dst_len"], message["type"]) == (socket.AF_INET, 16, 1)
    assert (message["proto"], message["scope"], message["table"]) == (PROTOCOL, 0, 252)
    assert message["flags"] == uapi.RTNH_F_ONLINK
    assert attributes(message) == {
        "RTA_DST": "10.9.0.0",
        "RTA_OIF": 5,
        "RTA_TABLE": 1000,
        "RTA_PRIORITY": 50,
        "RTA_GATEWAY": "10.0.0.9",
        "RTA_PREFSRC": "10.0.0.1",
    }


def test_a_default_route_names_no_destination() -> None:
    message = decoded(rtmsg, messages_route.add(Route("a", "eth0", "::/0", "fd00::9", 1024), 5))
    assert (message["family"], message["dst_len"], message["table"]) == (socket.AF_INET6, 0, 254)
    assert "RTA_DST" not in attributes(message)


def test_an_ipv4_route_without_gateway_has_the_scope_of_the_link() -> None:
    message = decoded(rtmsg, messages_route.add(Route("a", "eth0", "10.9.0.0/16"), 5))
    assert message["scope"] == uapi.RT_SCOPE_LINK


def test_the_kernels_own_route_of_a_prefix() -> None:
    route = PrefixRoute("a", "eth0", "192.0.2.0/31", src="192.0.2.1")
    message = decoded(rtmsg, messages_prefix_route.put_back(route, 5))
    assert (message["proto"], message["scope"], message["table"]) == (2, uapi.RT_SCOPE_LINK, 254)
    assert attributes(message) == {
        "RTA_DST": "192.0.2.0",
        "RTA_OIF": 5,
        "RTA_PREFSRC": "192.0.2.1",
    }
    message = decoded(
        rtmsg, messages_prefix_route.put_back(PrefixRoute("a", "eth0", "fd00::/64"), 5)
    )
    assert (message["proto"], message["scope"], message["dst_len"]) == (2, 0, 64)
    assert attributes(message) == {"RTA_DST": "fd00::", "RTA_OIF": 5, "RTA_PRIORITY": 256}


def test_a_port_that_is_held_back_is_told_to_forward_and_nothing_else() -> None:
    (request,) = messages_link.change(replace(FAR, held="blocking"), replace(FAR, held=""), 7, 5)
    message = decoded(ifinfmsg, request)
    assert (message["index"], message["change"], list(attributes(message))) == (
        *(7, 0),
        ["IFLA_LINKINFO"],
    )
    info = message.get_attr("IFLA_LINKINFO")
    assert info.get_attr("IFLA_INFO_SLAVE_KIND") == "bridge"
    assert info.get_attr("IFLA_INFO_SLAVE_DATA").get_attr("IFLA_BRPORT_STATE") == 3
