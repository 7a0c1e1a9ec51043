"""The tunnels: ports of bridges towards other machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, cast

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map
from conlink_compose.language.fields import Fields, Path, RefusedPaths, fields_of, text, whole
from conlink_compose.language.report import Report
from conlink_compose.language.values.addresses import read_address
from conlink_compose.language.values.netem import read_netem
from conlink_compose.topology import Tunnel

_PORTS = {"geneve": 6081, "vxlan": 4789}
"""RFC 8926 and RFC 7348."""


def read_tunnels(
    report: Report, tree: Map, schema: dict[str, Any], refused: RefusedPaths
) -> list[Tunnel]:
    """Every tunnel that could be read whole."""
    top = tree.get("x-conlink")
    listed = top.get("tunnels") if isinstance(top, Map) else None
    if not isinstance(listed, List):
        return []
    tunnels = [
        tunnel
        for number, (item, at) in enumerate(zip(listed, listed.values_at, strict=True))
        if isinstance(item, Map)
        for tunnel in _read(report, fields_of(item, _path(number), refused), at, schema)
    ]
    _check_twice(report, tunnels)
    return tunnels


def _path(number: int) -> Path:
    return ("x-conlink", "tunnels", number)


def _read(report: Report, fields: Fields, at: Span, schema: dict[str, Any]) -> Iterator[Tunnel]:
    remote = text(fields, "remote")
    address = read_address(report, "remote", remote, fields["remote"].at) if remote else None
    vni, port = whole(report, fields, "vni", schema), whole(report, fields, "port", schema)
    netem = read_netem(report, fields.get("netem"))
    kind, bridge = text(fields, "type"), text(fields, "bridge")
    if address is not None and (address.is_unspecified or address.is_loopback):
        message = f"remote takes the address of another machine; {address} is this one"
        report.error("bad-address", fields["remote"].at, message)
    if kind and bridge and address is not None and vni is not None:
        tunnel_kind = cast("Literal['geneve', 'vxlan']", kind)
        yield Tunnel(tunnel_kind, bridge, address, vni, port, netem, at)


def _check_twice(report: Report, tunnels: list[Tunnel]) -> None:
    """The kernel refuses a second one of the same kind, remote, number and port."""
    seen: dict[tuple[object, ...], Tunnel] = {}
    for tunnel in tunnels:
        port = tunnel.port or _PORTS[tunnel.kind]
        first = seen.setdefault((tunnel.kind, tunnel.remote, tunnel.vni, port), tunnel)
        if first is not tunnel:
            message = f"there is a {tunnel.kind} tunnel to {tunnel.remote} with vni {tunnel.vni}"
            report.error("tunnel-twice", tunnel.span, f"{message} already, at {first.span}")
