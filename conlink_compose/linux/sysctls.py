"""The sysctls of a node: which ones are its own, and how their names become paths."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress

from conlink_compose.linux.mount import make_writable
from conlink_compose.linux.namespaces import NEWNS, unshare

_OWN_PREFIXES = ("net/", "fs/mqueue/", "kernel/msg", "kernel/shm")
_OWN_NAMES = ("kernel/sem", "kernel/domainname")
_OF_INTERFACE = re.compile(r"(net/[^/]+/(?:conf|neigh)/)([^/]+)(/[^/]+)\Z")
_FORWARDING = {
    "net/ipv4/ip_forward": 4,
    "net/ipv4/conf/all/forwarding": 4,
    "net/ipv6/conf/all/forwarding": 6,
}
"""What sends packets of a family on; the first two are one."""

_LONGEST = 65536  # bytes: net.ipv4.ip_local_reserved_ports prints a bitmap

_EVERY_NODE_HAS = ("all", "default", "lo")


def sysctl_path(name: str) -> str:
    """The file below /proc/sys. As sysctl.d(5): a name whose first separator is a slash is a path,
    else dots separate, and a slash is a dot of a component (`net.ipv4.conf.eth0/7.rp_filter`).
    """
    dot, slash = name.find("."), name.find("/")
    if slash < 0 or 0 <= dot < slash:
        name = name.translate({ord("."): "/", ord("/"): "."})
    return name


def sysctl_name(path: str) -> str:
    """As sysctl(8) calls what `sysctl_path` made a path of."""
    return path.translate({ord("."): "/", ord("/"): "."})


def refusal(name: str) -> str | None:
    """Why a node may not set `name`: that would change the whole machine."""
    path = sysctl_path(name)
    if ".." in path.split("/") or not (path.startswith(_OWN_PREFIXES) or path in _OWN_NAMES):
        return f"the sysctl `{name}` belongs to the whole machine, not to a node"
    return None


def of_loopback(name: str) -> str | None:
    """The like one of `lo` for a sysctl of an interface that comes with a link; None of others."""
    found = _OF_INTERFACE.match(sysctl_path(name))
    return f"{found[1]}lo{found[3]}" if found and interface_of(name) else None


def interface_of(name: str) -> str | None:
    """The interface that a sysctl belongs to and a link brings; None of any other sysctl."""
    found = _OF_INTERFACE.match(sysctl_path(name))
    return None if found is None or found[2] in _EVERY_NODE_HAS else found[2]


def forwarded_family(name: str) -> int | None:
    """4 or 6 where `name` tells whether a node sends packets of that family on."""
    return _FORWARDING.get(sysctl_path(name))


def is_inherited(name: str) -> bool:
    """Whether it is a default that an interface takes over when it is made."""
    found = _OF_INTERFACE.match(sysctl_path(name))
    return found is not None and found[2] == "default"


def see_them_writable() -> None:
    """A container's /proc/sys is a read-only mount. This thread, and what it starts, goes into
    mounts of its own in which it is not; others see it as before. Where that may not be (AppArmor,
    no CAP_SYS_ADMIN), or there is no such mount, nothing happens."""
    with suppress(OSError):
        unshare(NEWNS)
        make_writable("/proc/sys")


def write_beforehand(settings: Iterable[tuple[str, str]]) -> None:
    """Those of a host that no interface brings along, in a new namespace. What the kernel refuses
    is left out: the runtime keeps them, tries it again and tells."""
    for name, value in settings:
        if not of_loopback(name) and not refusal(name):
            with suppress(OSError):
                write(name, value)


def read(name: str) -> str | None:
    """What it is for the namespaces of this thread, its words one space apart; None where nobody
    is told. Raises `FileNotFoundError` where the kernel has no such name."""
    try:
        fd = os.open(f"/proc/sys/{sysctl_path(name)}", os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:  # one that can only be written, such as net.ipv4.route.flush
        return None
    try:
        return in_words(os.read(fd, _LONGEST).decode(errors="replace"))
    except OSError:  # as net.ipv6.conf.all.stable_secret before it was set
        return None
    finally:
        os.close(fd)


def in_words(value: str) -> str:
    """The kernel puts tabs between numbers, and a line's end behind them."""
    return " ".join(value.split())


def write(name: str, value: str) -> None:
    """Write it for the namespaces of this process. Raises `OSError`: FileNotFoundError where the
    kernel has no such name (yet: those of an interface come with the interface)."""
    fd = os.open(f"/proc/sys/{sysctl_path(name)}", os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)
