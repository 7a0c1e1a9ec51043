"""The namespaces we speak to: the hub and the nodes, each with a socket that is kept warm."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator, Mapping

from conlink_compose.kernel import messages_nsid
from conlink_compose.kernel.link_socket import LinkSocket
from conlink_compose.kernel.netns import Identity, identity, open_netns, route_sockets
from conlink_compose.state import HUB


class Namespace:
    """One namespace. `hubs_nsid` is what the hub calls it, `nsid_of_hub` what it calls the hub.

    The open descriptor keeps it alive: what it means cannot change under our hands, and it ends
    when we let go of it.
    """

    def __init__(self, label: str, netns: int, raw: socket.socket) -> None:
        self.label = label
        self.netns = netns
        self.identity = identity(netns)
        self.socket = LinkSocket(raw)
        self.hubs_nsid: int | None = None
        self.nsid_of_hub: int | None = None
        self.peers: dict[int, str] = {}
        """Labels of other namespaces by this one's nsid of them, as far as they were asked for."""

    def close(self) -> None:
        self.socket.close()
        os.close(self.netns)


class Namespaces:
    """The hub is always there. Raises OSError when it cannot be opened."""

    def __init__(self, hub: str) -> None:
        netns = open_netns(hub)
        (raw,) = route_sockets((netns,))
        if isinstance(raw, OSError):
            os.close(netns)
            raise raw
        self.hub = Namespace(HUB, netns, raw)
        self._by_label: dict[str, Namespace] = {HUB: self.hub}
        self._by_hubs_nsid: dict[int, str] = {}

    def __iter__(self) -> Iterator[Namespace]:
        return iter(self._by_label.values())

    def get(self, label: str) -> Namespace | None:
        return self._by_label.get(label)

    def admit(self, places: Mapping[str, str]) -> dict[str, int]:
        """Open what is new, close what is gone. The nodes that cannot be opened, with an errno.

        What goes is closed before anything is opened: the old life of a restarted node ends
        only then, and its interfaces with it.
        """
        opened, refused = _open_all(places)
        kept = {self.hub.identity: HUB}
        for label, netns in list(opened.items()):
            which = identity(netns)
            if which in kept:
                # It has no namespace of its own: links of two nodes would lie in one.
                refused[label] = errno.EXDEV
                os.close(opened.pop(label))
            kept.setdefault(which, label)
        self._close_all_but(kept)
        new = {label: netns for label, netns in opened.items() if not self._stands(label, netns)}
        for label in opened.keys() - new.keys():
            os.close(opened[label])
        refused.update(self._greet(new))
        return refused

    def label_of(self, inside: Namespace, nsid: int) -> str | None:
        """Which namespace `inside` calls `nsid`; None where it is none of ours."""
        if inside is self.hub:
            return self._by_hubs_nsid.get(nsid)
        if nsid == inside.nsid_of_hub:
            return HUB
        if nsid not in inside.peers and inside.nsid_of_hub is not None:
            hubs = messages_nsid.translate(inside.socket, nsid, inside.nsid_of_hub)
            label = None if hubs is None else self._by_hubs_nsid.get(hubs)
            if label is None:
                return None
            inside.peers[nsid] = label
        return inside.peers.get(nsid)

    def close(self) -> None:
        for namespace in self:
            namespace.close()
        self._by_label.clear()

    def _stands(self, label: str, netns: int) -> bool:
        known = self._by_label.get(label)
        return known is not None and known.identity == identity(netns)

    def _close_all_but(self, kept: Mapping[Identity, str]) -> None:
        for namespace in list(self):
            if kept.get(namespace.identity) != namespace.label:
                del self._by_label[namespace.label]
                namespace.close()
                # An nsid of a namespace that ended may be given to the next one.
                for other in self:
                    other.peers.clear()

    def _greet(self, new: Mapping[str, int]) -> dict[str, int]:
        refused: dict[str, int] = {}
        for (label, netns), raw in zip(
            new.items(), route_sockets(tuple(new.values())), strict=True
        ):
            if isinstance(raw, OSError):
                os.close(netns)
                refused[label] = raw.errno or errno.EIO
                continue
            namespace = self._by_label[label] = Namespace(label, netns, raw)
            # Both call each other by a number: the hub hears of changes only in namespaces that
            # have one, and a node's numbers are translated by way of the hub.
            self.hub.socket.exchange((messages_nsid.assign(netns),))
            namespace.socket.exchange((messages_nsid.assign(self.hub.netns),))
            namespace.hubs_nsid = messages_nsid.nsid_of(self.hub.socket, netns)
            namespace.nsid_of_hub = messages_nsid.nsid_of(namespace.socket, self.hub.netns)
        self._by_hubs_nsid = {one.hubs_nsid: one.label for one in self if one.hubs_nsid is not None}
        return refused


def _open_all(places: Mapping[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    opened: dict[str, int] = {}
    refused: dict[str, int] = {}
    for label, path in places.items():
        try:
            opened[label] = open_netns(path)
        except OSError as error:
            refused[label] = error.errno or errno.EIO
    return opened, refused
