"""What one namespace answers when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl.bridge_ports import smallest_mtus
from conlink_compose.kernel.rtnl.messages_address import dump_addresses
from conlink_compose.kernel.rtnl.messages_link import dump_links
from conlink_compose.kernel.rtnl.messages_route import dump_routes
from conlink_compose.kernel.rtnl.prefix_routes import prefix_routes
from conlink_compose.kernel.rtnl.read_address import AddressRecord, read_address
from conlink_compose.kernel.rtnl.read_link import LinkRecord, read_link
from conlink_compose.kernel.rtnl.read_route import RouteRecord, read_route
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import HUB, MACHINE, PrefixRoute


class View(NamedTuple):
    """`links` are by ifindex; `mtus` those that bridges have of their ports, by the bridge's."""

    namespace: Namespace
    links: dict[int, LinkRecord]
    addresses: list[AddressRecord]
    routes: list[RouteRecord]
    mtus: dict[int, int]
    prefixes: Sequence[PrefixRoute] = ()


def ask(namespace: Namespace) -> View:
    # In this order: a link that goes down meanwhile, and its routes with it, was seen up with them.
    asked = namespace.socket
    links = {link.ifindex: link for link in asked.read_dump(dump_links(), read_link)}
    if namespace.label == MACHINE:
        return View(namespace, links, [], [], {})
    # A route needs an interface that is up, and where there is but `lo` no address matters.
    is_up = any(link.up for link in links.values())
    is_linked = not links.keys() <= {LOOPBACK_IFINDEX}
    routes = asked.read_dump(dump_routes(), read_route) if is_up else []
    addresses = asked.read_dump(dump_addresses(), read_address) if is_linked else []
    mtus = smallest_mtus(links) if namespace.label == HUB else {}
    view = View(namespace, links, [*filter(None, addresses)], [*filter(None, routes)], mtus)
    return view if namespace.label == HUB else view._replace(prefixes=_prefixes(view))


def _prefixes(view: View) -> list[PrefixRoute]:
    """An address that came after the routes had been told of has its own by now."""
    label, links, addresses, routes = view.namespace.label, view.links, view.addresses, view.routes
    found = list(prefix_routes(label, links, addresses, routes))
    if all(one.there for one in found):
        return found
    again = view.namespace.socket.read_dump(dump_routes(), read_route)
    return list(prefix_routes(label, links, addresses, [*routes, *filter(None, again)]))
