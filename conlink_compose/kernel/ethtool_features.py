"""Features of interfaces, seen and changed.

What a feature was before it was changed for a declaration is written on the interface, as another
name of it (`ip link property`): a declaration that is taken back is undone by any later runtime,
and goes with the interface.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.kernel.rtnl.read_link import LinkRecord
from conlink_compose.linux import ethtool, uapi
from conlink_compose.linux.ethtool import Feature
from conlink_compose.linux.netlink import listed, nest, text, words
from conlink_compose.state import Features, Operation
from conlink_compose.state.features import Switches, switch

_MARK = "conlink-was"
_GROUPS = {
    "rx": "rx-checksum",
    "rx-checksumming": "rx-checksum",
    "tx": "tx-checksum-*",
    "tx-checksumming": "tx-checksum-*",
    "sg": "tx-scatter-gather*",
    "scatter-gather": "tx-scatter-gather*",
    "tso": "tx-tcp*-segmentation",
    "tcp-segmentation-offload": "tx-tcp*-segmentation",
    "ufo": "tx-udp-fragmentation",
    "gso": "tx-generic-segmentation",
    "generic-segmentation-offload": "tx-generic-segmentation",
    "gro": "rx-gro",
    "generic-receive-offload": "rx-gro",
    "lro": "rx-lro",
    "large-receive-offload": "rx-lro",
    "rxvlan": "rx-vlan-hw-parse",
    "rx-vlan-offload": "rx-vlan-hw-parse",
    "txvlan": "tx-vlan-hw-insert",
    "tx-vlan-offload": "tx-vlan-hw-insert",
    "ntuple": "rx-ntuple-filter",
    "ntuple-filters": "rx-ntuple-filter",
    "rxhash": "rx-hashing",
    "receive-hashing": "rx-hashing",
}
"""What ethtool's own names stand for (off_flag_def in its ethtool.c). The kernel's stand for
themselves."""

FIXED = "this interface has it so, and it cannot be changed"
UNKNOWN = "this kernel has no such feature"
"""Both are said in the place of the kernel's words."""


def read_features(
    namespace: Namespace, links: Iterable[LinkRecord], sought: Mapping[str, Iterable[str]]
) -> Iterator[Features]:
    """Of `links`, which are ours: those of which features are declared, by interface, and those
    that bear a mark."""
    for link in links:
        if not (link.properties or link.name in sought):
            continue
        before = _before(link)
        names = dict.fromkeys((*sought.get(link.name, ()), *(name for name, _ in before)))
        if names:
            there = ethtool.features(namespace.socket, link.name)
            values = tuple((name, _value(there, name)) for name in names)
            yield Features(namespace.label, link.name, values, before)


class FeatureSwitch:
    """Obeys by ioctl."""

    def obey(
        self, namespace: Namespace, operations: Sequence[Operation]
    ) -> list[tuple[Operation, Refusal]]:
        """What the kernel refused."""
        found = ((operation, _obey(namespace, operation)) for operation in operations)
        return [(operation, refusal) for operation, refusal in found if refusal]


def _obey(namespace: Namespace, operation: Operation) -> Refusal | None:
    thing, seen = operation.thing, operation.before
    assert isinstance(thing, Features)
    seen = seen if isinstance(seen, Features) else Features(thing.netns, thing.interface, ())
    if operation.verb == "remove":
        thing, seen = Features(thing.netns, thing.interface, ()), thing
    declared = dict(thing.values)
    taken_back = {name: value for name, value in seen.before if name not in declared}
    try:
        there = ethtool.features(namespace.socket, thing.interface)
        changed = [
            (name, _value(there, name))
            for name, value in declared.items()
            if _value(there, name) != value and name not in dict(seen.before)
        ]
        _note(namespace, uapi.RTM_NEWLINKPROP, thing.interface, changed)
        refusals = [
            _set(namespace, thing.interface, there, name, value)
            for name, value in (taken_back | declared).items()
            if value is not None
        ]
        _note(namespace, uapi.RTM_DELLINKPROP, thing.interface, tuple(taken_back.items()))
    except OSError as error:
        return Refusal(error.errno or errno.EIO, "")
    return next(filter(None, refusals), None)


def _set(
    namespace: Namespace, interface: str, there: Mapping[str, Feature], name: str, value: bool
) -> Refusal | None:
    """Raises OSError."""
    if _value(there, name) is value:
        return None
    meant = _meant(there, name)
    changeable = [one for one in meant if there[one].changeable]
    if not changeable:
        return Refusal(errno.EOPNOTSUPP, FIXED if meant else UNKNOWN)
    ethtool.ask_for(namespace.socket, interface, dict.fromkeys(changeable, value))
    return None


def _value(there: Mapping[str, Feature], name: str) -> bool | None:
    """What was asked for, where that can be asked: what is active hangs on other features too."""
    meant = [there[one] for one in _meant(there, name)]
    asked = {one.asked for one in meant if one.changeable} or {any(one.active for one in meant)}
    return asked.pop() if len(asked) == 1 else None


def _meant(there: Mapping[str, Feature], name: str) -> list[str]:
    pattern = _GROUPS.get(name, name)
    return [one for one in there if fnmatchcase(one, pattern)]


def _before(link: LinkRecord) -> Switches:
    found: dict[str, bool | None] = {}
    for _, payload in listed(link.properties):
        match words(payload).split(":"):
            case [mark, _, name, "on" | "off" | "mixed" as value] if mark == _MARK:
                found[name] = None if value == "mixed" else value == "on"
    return tuple(found.items())


def _note(
    namespace: Namespace, kind: int, interface: str, before: Iterable[tuple[str, bool | None]]
) -> None:
    """Write marks on the interface, or take them off. A kernel before 5.5 takes none, and then
    a declaration that is taken back is not undone."""
    marks = [
        text(uapi.IFLA_ALT_IFNAME, f"{_MARK}:{interface}:{name}:{switch(value)}")
        for name, value in before
    ]
    if marks:
        body = bytes(16) + text(uapi.IFLA_IFNAME, interface) + nest(uapi.IFLA_PROP_LIST, *marks)
        namespace.socket.exchange((Request(kind, uapi.NLM_F_CREATE | uapi.NLM_F_APPEND, body),))
