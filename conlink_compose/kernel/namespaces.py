"""The namespaces we speak to: the hub, the nodes, and the machine's own where a parent lies there;
each with a socket that is kept warm."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator, Mapping

from conlink_compose.kernel.nft.nft_socket import NftSocket
from conlink_compose.kernel.rtnl import messages_nsid
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, route_sockets
from conlink_compose.linux.namespaces import Identity, identity, identity_at, open_namespace
from conlink_compose.state import HUB, MACHINE, OUT_OF_REACH

_ENDED = (errno.ENOENT, errno.ESRCH)
"""What a path answers whose process has exited. Any other errno (EMFILE, ENOMEM, EACCES) speaks
of us or of the machine, not of the node."""


class Namespace:
    """One namespace. `hubs_nsid` is what the hub calls it, `nsid_of_hub` what it calls the hub.

    The open descriptor `fd` keeps it alive: what it means cannot change under our hands, and it
    ends when we let go of it.
    """

    def __init__(self, label: str, fd: int, raw: socket.socket) -> None:
        self.label = label
        self.fd = fd
        self.identity = identity(fd)
        self.path = ""
        """Where it was opened; the other namespaces of its node lie beside it."""
        self.taken: dict[str, tuple[str, str | None]] = {}
        """What was written to a sysctl in it, by its path, and what the kernel showed then."""
        self.socket = LinkSocket(raw)
        self.nft: NftSocket | None = None
        """For packet rules, where they are asked about."""
        self.has_rules: bool | None = None
        """Whether our table was in it when it was looked for; None before it was looked at."""
        self.hubs_nsid: int | None = None
        self.nsid_of_hub: int | None = None
        self.peers: dict[int, str] = {}
        """Labels of other namespaces by this one's nsid of them, as far as they were asked for."""

    def close(self) -> None:
        self.socket.close()
        if self.nft:
            self.nft.close()
        os.close(self.fd)


class Namespaces:
    """The hub, whose path is given, is always there. Raises OSError when it cannot be opened."""

    def __init__(self, hub: str) -> None:
        fd = open_namespace(hub)
        (raw,) = route_sockets((fd,))
        if isinstance(raw, OSError):
            os.close(fd)
            raise raw
        self.hub = Namespace(HUB, fd, raw)
        self._by_label: dict[str, Namespace] = {HUB: self.hub}
        self._by_hubs_nsid: dict[int, str] = {}

    def __iter__(self) -> Iterator[Namespace]:
        return iter(self._by_label.values())

    def get(self, label: str) -> Namespace | None:
        return self._by_label.get(label)

    def admit(
        self, paths: Mapping[str, str], let_go: Callable[[Namespace], None] = lambda _: None
    ) -> dict[str, int]:
        """Open what is new, close what is gone; `paths` are by label. The labels of what is gone,
        with an errno. `let_go` is called with each before it is closed.

        What goes is closed before anything is opened: the old life of a restarted node ends
        only then, and its interfaces with it. Raises OSError where a new node cannot be opened
        though it may well be there; a known one needs no descriptor and is kept.
        """
        found, refused = self._find_all(paths)
        kept = {one.identity: one.label for one in self if one.label in (HUB, MACHINE)}
        for label, which in list(found.items()):
            if which in kept:
                # It has no namespace of its own: links of two nodes would lie in one.
                refused[label] = errno.EXDEV
                del found[label]
            kept.setdefault(which, label)
        self._close_all_but(kept, let_go)
        new = {label: which for label, which in found.items() if label not in self._by_label}
        refused.update(self._open(new, paths))
        for label in found.keys() & self._by_label.keys():
            self._by_label[label].path = paths[label]
        return refused

    def reach_machine(self, path: str | None) -> str:
        """The label of the machine's own namespace at `path`, which is opened: `MACHINE`, or `HUB`
        where the hub is it; `OUT_OF_REACH` where it may not be entered, or there is no path.

        Raises OSError where that speaks of us (EMFILE).
        """
        try:
            which = identity_at(path) if path else None
            if which == self.hub.identity:
                return HUB
            known = self._by_label.get(MACHINE)
            if path is None or which is None or (known and known.identity != which):
                self.leave_machine()
            if path and which and MACHINE not in self._by_label:
                self._enter_machine(path, which)
        except (PermissionError, FileNotFoundError):
            self.leave_machine()
        return MACHINE if MACHINE in self._by_label else OUT_OF_REACH

    def leave_machine(self) -> None:
        """Close the machine's own namespace: no parent lies there."""
        if MACHINE in self._by_label:
            self._close(self._by_label[MACHINE])

    def _enter_machine(self, path: str, which: Identity) -> None:
        troubles = self._greet({MACHINE: _open_same(path, which)})
        if troubles:
            raise troubles[0]

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

    def _find_all(self, paths: Mapping[str, str]) -> tuple[dict[str, Identity], dict[str, int]]:
        """Which namespaces the paths mean, and which paths mean none, with an errno."""
        found: dict[str, Identity] = {}
        refused: dict[str, int] = {}
        for label, path in paths.items():
            known = self._by_label.get(label)
            try:
                found[label] = identity_at(path)
            except OSError as error:
                if error.errno in _ENDED:
                    refused[label] = error.errno
                elif known:
                    found[label] = known.identity
                else:
                    raise
        return found, refused

    def _open(self, new: Mapping[str, Identity], paths: Mapping[str, str]) -> dict[str, int]:
        opened: dict[str, int] = {}
        refused: dict[str, int] = {}
        troubles: list[OSError] = []
        for label, which in new.items():
            try:
                opened[label] = _open_same(paths[label], which)
            except OSError as error:
                if error.errno in _ENDED:
                    refused[label] = error.errno
                else:
                    troubles.append(error)
        troubles += self._greet(opened)
        if troubles:
            raise troubles[0]
        return refused

    def _close_all_but(
        self, kept: Mapping[Identity, str], let_go: Callable[[Namespace], None]
    ) -> None:
        for namespace in list(self):
            if kept.get(namespace.identity) != namespace.label:
                let_go(namespace)
                self._close(namespace)

    def _close(self, namespace: Namespace) -> None:
        del self._by_label[namespace.label]
        namespace.close()
        # An nsid of a namespace that ended may be given to the next one.
        for other in self:
            other.peers.clear()

    def _greet(self, new: Mapping[str, int]) -> list[OSError]:
        """Why some of them could not be entered."""
        troubles: list[OSError] = []
        for (label, fd), raw in zip(new.items(), _sockets_in(new), strict=True):
            if isinstance(raw, OSError):
                os.close(fd)
                troubles.append(raw)
                continue
            namespace = self._by_label[label] = Namespace(label, fd, raw)
            # Both call each other by a number: the hub hears of changes only in namespaces that
            # have one, and a node's numbers are translated by way of the hub. Of the machine's own
            # nothing is asked that has a number.
            self.hub.socket.exchange((messages_nsid.assign(fd),))
            namespace.hubs_nsid = messages_nsid.nsid_of(self.hub.socket, fd)
            if label != MACHINE:
                namespace.socket.exchange((messages_nsid.assign(self.hub.fd),))
                namespace.nsid_of_hub = messages_nsid.nsid_of(namespace.socket, self.hub.fd)
        self._by_hubs_nsid = {one.hubs_nsid: one.label for one in self if one.hubs_nsid is not None}
        return troubles


def _sockets_in(new: Mapping[str, int]) -> list[socket.socket | OSError]:
    if not new:
        return []
    try:
        return route_sockets(tuple(new.values()))
    except OSError as error:  # Not one descriptor was left for the way back.
        return [error] * len(new)


def _open_same(path: str, which: Identity) -> int:
    """A descriptor of `which`. Raises OSError (ESTALE) where the path came to mean another."""
    fd = open_namespace(path)
    if identity(fd) != which:
        os.close(fd)
        raise OSError(errno.ESTALE, "the namespace was replaced in this moment", path)
    return fd
