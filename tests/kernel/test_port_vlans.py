"""Messages about the VLANs of ports: what pyroute2 reads of ours, and we of pyroute2's."""

from __future__ import annotations

import socket
import struct
from typing import Any, cast

from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg

from conlink_compose.kernel.rtnl import messages_port_vlans
from conlink_compose.kernel.rtnl.lookup import Lookup
from conlink_compose.kernel.rtnl.read_port_vlans import read_port_vlans
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Body
from conlink_compose.state import HUB, Operation, PortVlans

LOOKUP = cast("Lookup", None)
PORT = PortVlans(HUB, "a-eth0", pvid=10, untagged=(10,), tagged=(20, 21, 22, 30))


def told(operation: Operation) -> list[tuple[str, list[tuple[int, int]]]]:
    """The message, and flags and id of each VLAN in it, as pyroute2 reads them."""
    requests = messages_port_vlans.tell(operation, 5, LOOKUP)
    assert isinstance(requests, tuple)
    found = []
    for request in requests:
        header = struct.pack("=IHHII", 16 + len(request.body), request.kind, 0, 1, 0)
        message: Any = ifinfmsg(data=header + request.body)
        message.decode()
        assert (message["family"], message["index"]) == (socket.AF_BRIDGE, 5)
        inside = message.get_attr("IFLA_AF_SPEC")
        vlans = [(one["flags"], one["vid"]) for one in inside.get_attrs("IFLA_BRIDGE_VLAN_INFO")]
        found.append(("set" if request.kind == uapi.RTM_SETLINK else "delete", vlans))
    return found


def test_a_new_port_gets_its_vlans_and_loses_all_others() -> None:
    assert told(Operation("add", PORT, "test")) == [
        ("set", [(2 | 4, 10), (8, 20), (16, 22), (0, 30)]),
        (
            "delete",
            [(8, 1), (16, 9), (8, 11), (16, 19), (8, 23), (16, 29), (8, 31), (16, 4094)],
        ),
    ]


def test_what_stays_is_not_touched() -> None:
    more = PortVlans(HUB, "a-eth0", pvid=10, untagged=(10,), tagged=(20, 40))
    assert told(Operation("change", more, "test", before=PORT)) == [
        ("set", [(0, 40)]),
        ("delete", [(8, 21), (16, 22), (0, 30)]),
    ]


def test_a_vlan_that_becomes_native_is_set_anew() -> None:
    native = PortVlans(HUB, "a-eth0", pvid=20, untagged=(20,), tagged=(10, 21, 22, 30))
    assert told(Operation("change", native, "test", before=PORT)) == [
        ("set", [(0, 10), (2 | 4, 20)])
    ]


def test_what_is_taken_out_of_the_file_is_as_the_kernel_has_it() -> None:
    done = told(Operation("remove", PORT, "test"))
    assert done[0] == ("set", [(2 | 4, 1)])
    assert (8, 1) not in done[1][1]


def test_a_dump_is_read_with_its_ranges() -> None:
    made: Any = ifinfmsg()
    made["index"] = 7
    vlans = [(2 | 4, 10), (8, 20), (16, 22), (4, 30)]
    inside = [("IFLA_BRIDGE_VLAN_INFO", {"flags": flag, "vid": vid}) for flag, vid in vlans]
    made["family"] = socket.AF_BRIDGE
    made["attrs"] = [("IFLA_AF_SPEC", {"attrs": inside})]
    made.encode()
    body = Body(bytes(made.data), 16, len(made.data))
    assert read_port_vlans(body) == (7, 10, (10, 30), (20, 21, 22))
