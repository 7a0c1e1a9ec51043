"""Short ways to declare a topology in a test."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network

from conlink_compose.topology import Bridge, Endpoint, Link, Node, Owner, Route, Service, Topology


def service(name: str, replicas: int = 1) -> Service:
    return Service(Owner("service", name), replicas)


def endpoint(name: str, dev: str = "eth0", *addresses: str, **more: object) -> Endpoint:
    found = tuple(ip_interface(address) for address in addresses)
    return Endpoint(Owner("service", name), dev, found, **more)  # type: ignore[arg-type]


def on_bridge(name: str, bridge: str, *addresses: str, dev: str = "eth0", **more: object) -> Link:
    return Link("veth", endpoint(name, dev, *addresses, **more), bridge=bridge)


def wire(near: Endpoint, far: Endpoint) -> Link:
    return Link("veth", near, far=far)


def default_route(via: str) -> Route:
    return Route(None, ip_address(via))


def route(to: str, via: str | None = None, **more: object) -> Route:
    return Route(ip_network(to), ip_address(via) if via else None, **more)  # type: ignore[arg-type]


def topology(
    *links: Link, services: tuple[Service, ...], bridges: tuple[str, ...] = ()
) -> Topology:
    return Topology("lab", services, links, tuple(Bridge(name, "linux") for name in bridges))


def all_nodes(declared: Topology) -> list[Node]:
    """Every declared node, running."""
    return list(declared.foreseen())
