"""The kinds of tunnels, one module each, found by its name: `tunnels/<kind>.py`. Pure.

A tunnel is an interface in the hub that puts whole frames into UDP datagrams to another machine. To
add a kind, write its module, its word in the schema and its test.
"""

from __future__ import annotations

from typing import Protocol

from conlink_compose.modules import Modules
from conlink_compose.state import HUB, Data, Interface
from conlink_compose.topology import Tunnel

FIXED = frozenset(("vni", "port"))
"""What the kernel changes in no tunnel that is there; the remote it does, within its family
(vxlan_nl2conf in drivers/net/vxlan/vxlan_core.c, geneve_nl2info in drivers/net/geneve.c)."""


class Kind(Protocol):
    """What a module in this package offers. Its name is the kernel's kind of interface too."""

    PORT: int
    """The UDP port where none is declared."""

    BY_REMOTE: bool
    """Whether the kernel tells tunnels of one number and port apart by their remotes."""

    DATA: Data
    """What is desired beside number, port and remote."""


_KINDS = Modules[Kind](__name__, __path__)


def kinds() -> tuple[str, ...]:
    return _KINDS.names


def kind(name: str) -> Kind:
    """The module of one kind. Raises `KeyError` where there is none."""
    return _KINDS[name]


def port_of(tunnel: Tunnel) -> int:
    return tunnel.port or kind(tunnel.kind).PORT


def identity(tunnel: Tunnel) -> tuple[object, ...]:
    """What the kernel tells tunnels apart by: it takes no second one of the same."""
    remote = str(tunnel.remote) if kind(tunnel.kind).BY_REMOTE else ""
    return tunnel.kind, tunnel.remote.version, tunnel.vni, port_of(tunnel), remote


def stem(tunnel: Tunnel) -> str:
    """The beginning of its name in the hub. Family and number are in it, since neither of them can
    be changed: with another it is another tunnel."""
    return f"{tunnel.kind}{tunnel.vni}{'v6' if tunnel.remote.version == 6 else ''}"


def expand(tunnel: Tunnel, name: str, master: str, mtu: int, *, stp: bool) -> Interface:
    """The interface in the hub; `master` is the hub's name of its bridge, empty for none."""
    return Interface(
        HUB,
        name,
        tunnel.kind,
        mtu=mtu,
        up=True,
        master=master,
        data=(
            ("vni", tunnel.vni),
            ("remote", str(tunnel.remote)),
            ("port", port_of(tunnel)),
            *kind(tunnel.kind).DATA,
        ),
        fixed=FIXED,
        isolated=False if master else None,
        held="" if master and not stp else None,
    )
