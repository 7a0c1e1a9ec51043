"""What only interfaces of one kind have: our names for it, and the kernel's attributes.

What is one number is packed by hand, a kind a line: it costs a look a microsecond, and pyroute2
does not know every kind. All others go through its message classes, which are loaded for the first
of them only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import nest, number, parse, text, u8, u16, u32
from conlink_compose.state import Data


class Knob(NamedTuple):
    """An attribute that is one number: which one, how it is packed, and what its value is; a word
    stands for the number that `words` has for it."""

    number: int
    pack: Callable[[int, int], bytes]
    type: type[bool] | type[int] | type[str] = bool
    words: Mapping[str, int] = {}

    def packed(self, value: bool | int | str) -> bytes:
        number = self.words[value] if isinstance(value, str) else int(value)
        return self.pack(self.number, number)

    def read(self, payload: memoryview) -> bool | int | str:
        found = number(payload)
        if self.type is str:
            return next((word for word, one in self.words.items() if one == found), str(found))
        return bool(found) if self.type is bool else found


_MACVLAN_MODES = {"private": 1, "vepa": 2, "bridge": 4, "passthru": 8, "source": 16}
_IPVLAN_MODES = {"l2": 0, "l3": 1, "l3s": 2}

KNOBS: dict[str, dict[str, Knob]] = {
    "bridge": {
        "stp": Knob(uapi.IFLA_BR_STP_STATE, u32),
        "vlan_filtering": Knob(uapi.IFLA_BR_VLAN_FILTERING, u8),
        "group_fwd_mask": Knob(uapi.IFLA_BR_GROUP_FWD_MASK, u16, int),
        "mcast_snooping": Knob(uapi.IFLA_BR_MCAST_SNOOPING, u8),
    },
    "macvlan": {"mode": Knob(uapi.IFLA_MACVLAN_MODE, u32, str, _MACVLAN_MODES)},
    "macvtap": {"mode": Knob(uapi.IFLA_MACVLAN_MODE, u32, str, _MACVLAN_MODES)},
    "ipvlan": {"mode": Knob(uapi.IFLA_IPVLAN_MODE, u16, str, _IPVLAN_MODES)},
    "ipvtap": {"mode": Knob(uapi.IFLA_IPVLAN_MODE, u16, str, _IPVLAN_MODES)},
    "vlan": {"id": Knob(uapi.IFLA_VLAN_ID, u16, int)},
}

NAMES: dict[str, dict[str, str]] = {
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


_TAPS = frozenset(("macvtap", "ipvtap"))


def info(kind: str, data: Data) -> bytes:
    """IFLA_LINKINFO of the kind, with `data`."""
    if kind in NAMES and data:
        from conlink_compose.kernel.rtnl.encoding import link_info  # noqa: PLC0415 -- 40 ms and 11 MB

        return link_info(kind, [(_long(kind, name, value), value) for name, value in data])
    packed = b"".join(KNOBS[kind][name].packed(value) for name, value in data)
    parts = (nest(uapi.IFLA_INFO_DATA, packed),) if packed else ()
    return nest(uapi.IFLA_LINKINFO, text(uapi.IFLA_INFO_KIND, kind), *parts)


def filters_vlans(bridge: bytes) -> bool:
    """From a bridge's IFLA_INFO_DATA."""
    found = parse(bridge, 0, len(bridge))
    return bool(number(found.get(uapi.IFLA_BR_VLAN_FILTERING, memoryview(b""))))


def read_data(kind: str, payload: bytes) -> Data:
    """From IFLA_INFO_DATA. What this kernel does not tell is left out."""
    if kind in KNOBS:
        found = parse(payload, 0, len(payload))
        return tuple(
            (name, knob.read(found[knob.number]))
            for name, knob in KNOBS[kind].items()
            if knob.number in found
        )
    if kind not in NAMES:
        return ()
    from conlink_compose.kernel.rtnl.encoding import link_data  # noqa: PLC0415

    told = link_data(kind, payload)
    names = NAMES[kind].items()
    return tuple((name.removesuffix("6"), told[long]) for name, long in names if long in told)


def device(kind: str, ifindex: int) -> Data:
    """The character device that a program opens to have the frames of a tap, which the kernel names
    after the index of the interface (drivers/net/tap.c; drivers/net/macvtap.c)."""
    return (("device", f"/dev/tap{ifindex}"),) if kind in _TAPS else ()


def _long(kind: str, name: str, value: bool | int | str) -> str:
    return NAMES[kind][f"{name}6" if ":" in str(value) else name]
