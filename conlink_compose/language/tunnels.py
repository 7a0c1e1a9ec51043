"""The tunnels: ports of bridges towards other machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, cast

from conlink_compose import tunnels as tunnels_of
from conlink_compose.diagnostics import Span, did_you_mean
from conlink_compose.document.tree import List, Map
from conlink_compose.language.fields import Fields, Path, RefusedPaths, fields_of, text, whole
from conlink_compose.language.links import ReadLink
from conlink_compose.language.report import Report
from conlink_compose.language.values.addresses import read_address
from conlink_compose.language.values.netem import read_netem
from conlink_compose.topology import IpAddress, RuntimeOptions, Tunnel


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
    if address is not None and (why := _is_no_machine(address)):
        message = f"remote takes the address of another machine; {address} is {why}"
        report.error("bad-address", fields["remote"].at, message)
    if kind and bridge and address is not None and vni is not None:
        tunnel_kind = cast("Literal['geneve', 'vxlan']", kind)
        yield Tunnel(tunnel_kind, bridge, address, vni, port, netem, at)


def check_way_out(report: Report, tunnels: list[Tunnel], runtime: RuntimeOptions) -> None:
    """A hub on no network has no way to another machine, unless somebody gives it one by hand. Of a
    network service that is written by hand its own keys tell."""
    if not tunnels or runtime.networks or runtime.ports or runtime.written_by:
        return
    first = tunnels[0]
    message = "nothing leads out of the hub by itself, and a tunnel ends at another machine"
    port = tunnels_of.port_of(first)
    docker = f'runtime: {{networks: [default], ports: ["{port}:{port}/udp"]}}'
    help_ = f"with Docker: {docker}; the sandbox's hub is given an interface by hand"
    report.warning("no-way-out", first.span, message, help_)


def check_joined(report: Report, tunnels: Sequence[Tunnel], links: Iterable[ReadLink]) -> None:
    """A tunnel that is alone on its bridge carries nothing. A link that lies on the bridge, or
    another tunnel, is enough."""
    ends = Counter(tunnel.bridge for tunnel in tunnels)
    led_to = [name for link in links for name in (link.bridge, link.outer) if name]
    for tunnel in (one for one in tunnels if ends[one.bridge] == 1 and one.bridge not in led_to):
        message = f"no link leads to bridge {tunnel.bridge}, which this tunnel leads to"
        help_ = did_you_mean(tunnel.bridge, led_to) or "name the bridge of a link"
        report.warning("joined-to-nothing", tunnel.span, message, help_)


def _is_no_machine(address: IpAddress) -> str | None:
    if address.is_unspecified or address.is_loopback:
        return "this one"
    if address.is_multicast or str(address) == "255.255.255.255":
        return "that of a group"
    if address.is_link_local and address.version == 6:
        return "of one link alone, and says not of which"
    return None


def _check_twice(report: Report, tunnels: list[Tunnel]) -> None:
    """The kernel refuses a second one of the same identity."""
    seen: dict[tuple[object, ...], Tunnel] = {}
    for tunnel in tunnels:
        first = seen.setdefault(tunnels_of.identity(tunnel), tunnel)
        if first is not tunnel:
            message = f"there is a {tunnel.kind} tunnel to {first.remote} with vni {tunnel.vni}"
            same = first.remote == tunnel.remote
            help_ = None if same else f"{tunnel.kind} tells tunnels by vni and port alone"
            help_ = help_ and f"{help_}: give each another, or use geneve"
            report.error("tunnel-twice", tunnel.span, f"{message} already, at {first.span}", help_)
