"""What only interfaces of one kind have: our names for it, and the kernel's attributes.

A bridge's are packed by hand, since nearly every topology has one. All others go through
pyroute2's message classes, which know them, and which are loaded for the first of them only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import nest, number, parse, text, u8, u16, u32
from conlink_compose.state import Data


class Knob(NamedTuple):
    """An attribute of a bridge: its number, how it is packed, and what its value is."""

    number: int
    pack: Callable[[int, int], bytes]
    type: type[bool] | type[int] = bool


_BRIDGE = {
    "stp": Knob(uapi.IFLA_BR_STP_STATE, u32),
    "vlan_filtering": Knob(uapi.IFLA_BR_VLAN_FILTERING, u8),
    "group_fwd_mask": Knob(uapi.IFLA_BR_GROUP_FWD_MASK, u16, int),
    "mcast_snooping": Knob(uapi.IFLA_BR_MCAST_SNOOPING, u8),
}

NAMES: dict[str, dict[str, str]] = {
    "vlan": {"id": "IFLA_VLAN_ID"},
    "macvlan": {"mode": "IFLA_MACVLAN_MODE"},
    "macvtap": {"mode": "IFLA_MACVLAN_MODE"},
    "ipvlan": {"mode": "IFLA_IPVLAN_MODE"},
    "ipvtap": {"mode": "IFLA_IPVLAN_MODE"},
    "vxlan": {
        "vni": "IFLA_VXLAN_ID",
        "remote": "IFLA_VXLAN_GROUP",
        "remote6": "IFLA_VXLAN_GROUP6",
        "port": "IFLA_VXLAN_PORT",
        "learning": "IFLA_VXLAN_LEARNING",
    },
    "geneve": {
        "vni": "IFLA_GENEVE_ID",
        "remote": "IFLA_GENEVE_REMOTE",
        "remote6": "IFLA_GENEVE_REMOTE6",
        "port": "IFLA_GENEVE_PORT",
    },
}
"""Of each kind our names, and the kernel's as pyroute2 has them (linux/if_link.h). What holds an
IPv6 address has a 6 behind its name, which is ours for both without it."""


def info(kind: str, data: Data) -> bytes:
    """IFLA_LINKINFO of the kind, with `data`."""
    if kind in NAMES and data:
        from conlink_compose.kernel.encoding import link_info  # noqa: PLC0415 -- 40 ms and 11 MB

        return link_info(kind, [(_long(kind, name, value), value) for name, value in data])
    packed = b"".join(_BRIDGE[name].pack(_BRIDGE[name].number, int(value)) for name, value in data)
    parts = (nest(uapi.IFLA_INFO_DATA, packed),) if packed else ()
    return nest(uapi.IFLA_LINKINFO, text(uapi.IFLA_INFO_KIND, kind), *parts)


def filters_vlans(bridge: memoryview) -> bool:
    """From a bridge's IFLA_INFO_DATA."""
    found = parse(bridge, 0, len(bridge))
    return bool(number(found.get(uapi.IFLA_BR_VLAN_FILTERING, memoryview(b""))))


def read_data(kind: str, payload: memoryview) -> Data:
    """From IFLA_INFO_DATA. What this kernel does not tell is left out."""
    if kind == "bridge":
        found = parse(payload, 0, len(payload))
        return tuple(
            (name, knob.type(number(found[knob.number])))
            for name, knob in _BRIDGE.items()
            if knob.number in found
        )
    if kind not in NAMES:
        return ()
    from conlink_compose.kernel.encoding import link_data  # noqa: PLC0415

    told = link_data(kind, payload)
    names = NAMES[kind].items()
    return tuple((name.removesuffix("6"), told[long]) for name, long in names if long in told)


def _long(kind: str, name: str, value: bool | int | str) -> str:
    return NAMES[kind][f"{name}6" if ":" in str(value) else name]
