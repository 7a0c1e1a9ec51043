"""What the kernel refused: a value, and the sentence it becomes: why, and what to do about it."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.kernel.ethtool_features import FIXED, UNKNOWN
from conlink_compose.kernel.ovs.ovs import LATE, SILENT, UNSAID, UNSEEN
from conlink_compose.state import (
    Address,
    Forwarding,
    Interface,
    Operation,
    OvsBridge,
    OvsPort,
    PacketRule,
    Qdisc,
    Route,
    RuleTable,
    Sysctl,
    Thing,
)
from conlink_compose.state.rule_table import RULES_ADVICE

FOREIGN = "it does not bear our mark"
FOREIGN_BRIDGE = "its bridge does not bear our mark"
"""Both are said in the place of the kernel's words where we refused ourselves."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`errno` is the kernel's, `message` its own words (extended ack), often empty."""

    operation: Operation
    errno: int
    message: str

    @property
    def name(self) -> str:
        """`EEXIST`."""
        return errno.errorcode.get(self.errno, str(self.errno))


class Sentence(NamedTuple):
    why: str
    advice: str | None = None


_AGAIN = "it is tried again; its log lies beside its sockets, ovs.log"
_OUR_OWN = {
    FIXED: Sentence(FIXED, "take the feature out; `ethtool -k` tells which are fixed"),
    UNKNOWN: Sentence(UNKNOWN, "take it out; `ethtool -k` tells which there are"),
    FOREIGN: Sentence("what is there was not made by us, and it is left alone"),
    SILENT: Sentence(SILENT, _AGAIN),
    UNSEEN: Sentence(UNSEEN, _AGAIN),
    LATE: Sentence(LATE, _AGAIN),
    UNSAID: Sentence(UNSAID, "look into ovs.log, beside its sockets"),
    FOREIGN_BRIDGE: Sentence("its bridge was not made by us, and nothing is joined to it"),
}
_PRIVILEGE = "run as root, or give the network service the capabilities NET_ADMIN and SYS_ADMIN"
_VANISHED = Sentence(
    "its interface or namespace is no longer there",
    "nothing, if the node was just stopped: it is tried again when the node is back",
)
_SENTENCES: dict[int, Sentence] = {
    errno.EPERM: Sentence("this process may not do it", _PRIVILEGE),
    errno.EACCES: Sentence("this process may not do it", _PRIVILEGE),
    errno.ENODEV: _VANISHED,
    errno.ENXIO: _VANISHED,
    errno.ENOENT: _VANISHED,
    errno.EOPNOTSUPP: Sentence(
        "this machine's kernel cannot do it",
        "load the kernel module for it, or use a kernel that has it",
    ),
    errno.EXFULL: Sentence(
        "the bridge is full: a Linux bridge holds 1,023 ports", "split it into two bridges"
    ),
    errno.ENETUNREACH: Sentence(
        "no address of the node reaches the gateway",
        "give the link an address in the gateway's subnet, or the route `onlink`",
    ),
    errno.EHOSTUNREACH: Sentence(
        "no address of the node reaches the gateway",
        "give the link an address in the gateway's subnet, or the route `onlink`",
    ),
    errno.ENETDOWN: Sentence("the interface is down", "leave out `up: false` of the link"),
    errno.EADDRNOTAVAIL: Sentence(
        "the address cannot be used there",
        "a MAC must not be multicast, and `src` must be an address of the node",
    ),
    errno.ELOOP: Sentence("a bridge cannot be a port of a bridge", "join them by a veth"),
    errno.EADDRINUSE: Sentence(
        "its UDP port is in use by something else in the hub", "give the tunnel another `port`"
    ),
    errno.EBUSY: Sentence("the interface is in use by something else", "take it out of that first"),
    errno.ERANGE: Sentence("a number is out of range", "look at the link's `mtu` and the like"),
    errno.EINVAL: Sentence("the kernel does not take one of its values"),
    errno.EMFILE: Sentence("too many files are open", "raise the limit: ulimit -n"),
    errno.ENFILE: Sentence("too many files are open on this machine", "raise fs.file-max"),
    errno.ENOMEM: Sentence("the kernel has no memory left for it", "use fewer or smaller links"),
    errno.ENOBUFS: Sentence("the kernel has no memory left for it", "use fewer or smaller links"),
    errno.ESRCH: Sentence("there is no such route"),
}
_NO_IPV6 = Sentence(
    "this machine's kernel runs without IPv6", "take `ipv6.disable=1` off its command line"
)
_WITHOUT_IPV6 = {
    # include/net/addrconf.h, ipv6_add_addr: so an interface answers that has disable_ipv6=1.
    errno.EACCES: Sentence(
        "IPv6 is switched off in the node",
        "give its service `sysctls: {net.ipv6.conf.all.disable_ipv6: 0}`",
    ),
    errno.EOPNOTSUPP: _NO_IPV6,
    errno.EAFNOSUPPORT: _NO_IPV6,
}
_ON_PARENT: dict[int, Sentence] = {
    errno.EADDRINUSE: Sentence(
        "another on its parent has this MAC", "choose another `mac`, or remove the other one"
    ),
    errno.EBUSY: Sentence(
        "its parent is taken: by a bridge it is a port of, or by a macvlan or an ipvlan",
        "name another `outer-dev`",
    ),
    errno.EINVAL: Sentence(
        "its parent does not take it: it is no Ethernet interface, or one in mode passthru has it",
        "name another `outer-dev`",
    ),
}
_VLAN: dict[int, Sentence] = {
    errno.EEXIST: Sentence(
        "its parent has a vlan of this id already, which is not ours",
        "choose another `vlanid`, or remove that one",
    ),
    errno.EOPNOTSUPP: Sentence("its parent takes no vlans", "name another `outer-dev`"),
}
_OF_TUNNELS = {
    errno.EEXIST: Sentence(
        "the hub has a tunnel of that vni and port already, or an interface of that name",
        "give it another `vni` or `port`",
    ),
    errno.EAFNOSUPPORT: _NO_IPV6,
}
_OF_OVS = {
    errno.EINVAL: Sentence("its database refuses it"),
    errno.EIO: Sentence("it is written down, but not made"),
}
_NO_RULES = Sentence(
    "this machine's kernel has no nf_tables that can do it",
    RULES_ADVICE,
)
_OF_RULES = {
    errno.EOPNOTSUPP: _NO_RULES,
    errno.EPROTONOSUPPORT: _NO_RULES,
    errno.EAFNOSUPPORT: _NO_RULES,
    errno.EINVAL: _NO_RULES,
    errno.ENOENT: _NO_RULES,
}
"""What it answers that was built without nf_tables, or without a kind of chain or of rule."""
_LEFT_AS_IT_IS = "take it out; the rest of the host stands"
_MAY_NOT = Sentence(
    "it may not be written here",
    f"{_LEFT_AS_IT_IS}. Where nothing below /proc/sys may be, a network service of your own needs "
    '`cap_add: [NET_ADMIN, SYS_ADMIN]` and `security_opt: ["apparmor:unconfined"]`',
)
_OF_SYSCTLS = {
    errno.ENOENT: Sentence("this machine's kernel has no such sysctl there", _LEFT_AS_IT_IS),
    errno.EINVAL: Sentence("the kernel does not take the value", "give it another"),
    errno.ERANGE: Sentence("the kernel does not take the value", "give it another"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _MAY_NOT),
}
_EXISTS = {
    Interface: Sentence("an interface of that name is already there", "choose another name"),
    Address: Sentence("the address is already there and is not ours", "remove it, or declare it"),
    Route: Sentence(
        "a route to that destination is already there", "give it another `metric` or `table`"
    ),
}


def failure_diagnostic(failure: Failure) -> Diagnostic:
    """`kernel-refused`: which thing, why, what to do, and what the kernel said."""
    operation = failure.operation
    why, advice = sentence_of(failure)
    said = failure.message.rstrip(". ")
    who = "Open vSwitch" if isinstance(operation.thing, OvsBridge | OvsPort) else "the kernel"
    quoted = f'; {who} says "{said}"' if said and said not in _OUR_OWN else ""
    message = f"cannot {operation.verb} {operation.thing.called}: {why} ({failure.name}){quoted}"
    return Diagnostic("kernel-refused", message, operation.span, advice)


_NO_QDISC = Sentence(
    "the kernel has no such qdisc, or what was to be changed is no longer there",
    "load its module: modprobe sch_netem",
)


def sentence_of(failure: Failure) -> Sentence:
    thing = failure.operation.thing
    if isinstance(thing, Qdisc) and failure.errno == errno.ENOENT:
        return _NO_QDISC
    if failure.message in _OUR_OWN:
        return _OUR_OWN[failure.message]
    if special := _special_of(thing).get(failure.errno):
        return special
    if failure.errno == errno.EEXIST:
        return _EXISTS.get(type(thing), Sentence("it is already there"))
    if failure.errno == errno.ERANGE and isinstance(thing, Interface):
        return Sentence("its MTU is out of range", "choose a smaller `mtu`, 65535 at the most")
    return _SENTENCES.get(failure.errno, Sentence(os.strerror(failure.errno).lower()))


def _special_of(thing: Thing) -> Mapping[int, Sentence]:
    if isinstance(thing, Interface) and thing.kind in ("vxlan", "geneve"):
        return _OF_TUNNELS
    if isinstance(thing, Interface) and thing.parent:
        return _ON_PARENT | _VLAN if thing.kind == "vlan" else _ON_PARENT
    if isinstance(thing, OvsBridge | OvsPort):
        return _OF_OVS
    if isinstance(thing, RuleTable | PacketRule):
        return _OF_RULES
    if isinstance(thing, Forwarding | Sysctl):
        return _OF_SYSCTLS
    return _WITHOUT_IPV6 if _needs_ipv6(thing) else {}


def _needs_ipv6(thing: Thing) -> bool:
    match thing:
        case Address():
            return ":" in thing.cidr
        case Route():
            return ":" in f"{thing.to}{thing.via or ''}"
        case _:
            return False


def is_ipv6_off(operation: Operation, number: int) -> bool:
    """Whether an errno means that IPv6 is switched off where the operation needs it."""
    return number == errno.EACCES and operation.verb != "remove" and _needs_ipv6(operation.thing)
