"""What objects ask of the kernel that not every kernel has, and what is said without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conlink_compose.state.thing import Conflict

if TYPE_CHECKING:
    from conlink_compose.state.thing import Thing

VLAN_FILTERING = "vlan_filtering"
OVS = "ovs"
OVS_DATAPATH = "ovs_datapath"
"""The programs of Open vSwitch with a datapath for them; the kernel's datapath."""
MIRRED = "mirred"

_WORDS = {
    VLAN_FILTERING: (
        "'s kernel cannot keep VLANs apart on a bridge",
        "use a kernel with CONFIG_BRIDGE_VLAN_FILTERING, or take `vlan` out of the bridge's links",
    ),
    MIRRED: (
        "'s kernel cannot lead frames from one interface to another",
        "load its modules: modprobe -a sch_ingress cls_u32 act_mirred",
    ),
    OVS: (
        " has no Open vSwitch, or nothing it could pass frames by",
        "install it (Debian: openvswitch-switch), and let this user open /dev/net/tun where the "
        "kernel has no module openvswitch; or choose mode: linux",
    ),
}
_MODULES = {"vlan": "8021q"}
"""The kernel's modules of kinds that are not called like them."""


def without(thing: Thing) -> Conflict:
    """This kernel has not what `thing` asks of it: a feature above, or a kind of interface."""
    name = thing.asks
    lack, advice = _WORDS.get(
        name, (f"'s kernel has no {name}", f"load its module: modprobe {_MODULES.get(name, name)}")
    )
    return Conflict(f"{thing.called} cannot be made: this machine{lack}", advice)
