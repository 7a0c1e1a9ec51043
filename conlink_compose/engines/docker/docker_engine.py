"""The runtime's side of Docker: it runs in the network service, in the machine's pid namespace.

It sends the engine nothing but GET requests, unless the topology has commands.
"""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from docker.errors import NotFound

from conlink_compose.engines import (
    Declare,
    EngineEndedError,
    EngineUnreachableError,
    OvsHome,
)
from conlink_compose.engines.docker import DockerRefusedError, labels
from conlink_compose.engines.docker.commands import Commands
from conlink_compose.engines.docker.events import Events
from conlink_compose.engines.docker.hosts import Hosts
from conlink_compose.engines.docker.lives import Lives, Process, process_of, shares_network
from conlink_compose.engines.docker.names import Names
from conlink_compose.engines.docker.numbers import WithoutNumber, numbered
from conlink_compose.engines.docker.own_container import machine, own_id
from conlink_compose.engines.docker.place import HEALTH, OVS, OVS_OF_ITS_SERVICE, SOCKET
from conlink_compose.engines.docker.reach import Reach
from conlink_compose.ipc.server import listening_socket
from conlink_compose.render.pack import unpack
from conlink_compose.topology import Life, Node, Owner, Service, Topology
from conlink_compose.topology_json import dump

OWN_NETNS = "/proc/self/ns/net"

_SHARING = ("host", "container:")

Container = Mapping[str, Any]


class DockerEngine:
    """An `Engine`. `place` is the project's name; without it, it is that of this container's own,
    and where Compose did not make it, its name."""

    log = "the log of the network service"
    health: str | None = str(HEALTH)

    def __init__(self, place: str, declare: Declare | None = None) -> None:
        """Raises `EngineUnreachableError`: also while the holder of the hub does not run yet."""
        self._reach = Reach()
        own = self._inspect(own_id()) or {}
        self._reach.learn(own)
        own_labels = own.get("Config", {}).get("Labels", {})
        self.project = place or own_labels.get(labels.PROJECT) or own.get("Name", "/")[1:]
        topology = declare(self.project) if declare else _handed_over()
        self._topology = replace(topology, project=self.project)
        self._outside = _outside(self._topology)
        self._owners = frozenset(_owners(self._topology))
        around = machine() or 1
        self.machine: str | None = f"/proc/{around}/ns/net"
        self._lives = Lives(self._process_of, {1, around})
        self._hosts = Hosts()
        self._commands = Commands(lambda: self._reach.connect(None))
        self._names = Names()
        self._without_number = WithoutNumber()
        self._nodes: dict[str, Container] = {}
        self._hub: Life | None = None
        self.ovs: OvsHome | None = OvsHome(OVS, starts=True)
        if own_labels.get(labels.ROLE) == labels.RUNTIME:
            hubs = _ids(self._running(), labels.HUB)
            self._hub = _hub_life(self._lives.of(hubs), hubs)
        self.hub = self._hub.netns if self._hub else OWN_NETNS
        of = None if self._outside else self.project
        self._events = Events(lambda: self._reach.connect(None), of)

    def declared(self) -> str | None:
        return dump(self._topology)

    def listen(self) -> socket.socket:
        SOCKET.parent.mkdir(parents=True, exist_ok=True)
        return listening_socket(str(SOCKET))

    def fileno(self) -> int:
        return self._events.fileno()

    def drain(self) -> None:
        self._events.drain()

    def nodes(self) -> Sequence[Node]:
        """Of the containers, the project's and others, those that the topology speaks of; and the
        hosts."""
        running = self._running()
        ours = [one for one in running if self._is_ours(one)]
        others = self._of_others()
        hubs, switches = _ids(running, labels.HUB), _ids(running, labels.OVS)
        asked = [*(one["Id"] for one in (*ours, *others.values())), *hubs, *switches]
        lives = self._lives.of(asked)
        if self._hub and _hub_life(lives, hubs) != self._hub:
            raise EngineEndedError("the hub has been replaced: all is made anew in the new one")
        if self._hub:
            self.ovs = self._ovs_beside(self._hub, {id_: lives[id_] for id_ in switches})
        self._commands.know({life.id: id_ for id_, life in lives.items() if life})
        outside = [
            Node(name, Owner("container", name), 1, lives[one["Id"]])
            for name, one in others.items()
        ]
        return [*self._containers(ours, lives), *outside, *self._namespace_hosts()]

    def run(self, node: Node, argv: Sequence[str]) -> None:
        self._commands.run(node, argv)

    def name(self, nodes: Sequence[Node], heads: Mapping[str, str], common: str) -> None:
        """Into /etc/hosts of each container, but for such as a user mounts there."""
        lives = {
            node.name: node.life
            for node in nodes
            if node.life and node.name in self._nodes and not _has_own_names(self._nodes[node.name])
        }
        paths = {name: self._lives.hosts_of(self._nodes[name]["Id"]) for name in lives}
        texts = {name: heads[name] + common for name in lives if name in heads}
        self._names.write(lives, texts, paths)

    def _running(self) -> list[Container]:
        filters = {"label": f"{labels.PROJECT}={self.project}"}
        found: list[Container] = self._reach.ask(lambda api: api.containers(filters=filters))
        return found

    def _ovs_beside(self, hub: Life, lives: Mapping[str, Life | None]) -> OvsHome | None:
        """That of the service which was added for it. Its container has the network that the hub
        had when it started: where that is no longer the hub's, it is ended, and Docker starts it
        again beside the present one."""
        for life in filter(None, lives.values()):
            if shares_network(life, hub):
                return OvsHome(f"{process_of(life)}/root{OVS_OF_ITS_SERVICE}", starts=False)
            with suppress(ProcessLookupError):
                os.kill(int(Path(process_of(life)).name), signal.SIGTERM)
        return None

    def _is_ours(self, container: Container) -> bool:
        return _owner(container) in self._owners and _has_network(container)

    def _containers(
        self, ours: Sequence[Container], lives: Mapping[str, Life | None]
    ) -> Iterator[Node]:
        found = list(numbered(ours, self._replicas()))
        self._without_number.tell(ours, {one["Id"] for one, _ in found})
        self._nodes = {f"{_owner(one).name}-{replica}": one for one, replica in found}
        for one, replica in found:
            owner = _owner(one)
            yield Node(f"{owner.name}-{replica}", owner, replica, lives[one["Id"]])

    def _of_others(self) -> dict[str, Container]:
        """The running containers outside the project that the topology speaks of, by name."""
        if not self._outside:
            return {}
        # The filter is a regular expression, and a container may have several names.
        filters = {"name": [f"^/?{re.escape(name)}$" for name in self._outside]}
        found: list[Container] = self._reach.ask(lambda api: api.containers(filters=filters))
        return {
            name: one
            for one in found
            for name in self._outside
            if f"/{name}" in one["Names"] and _has_network(one)
        }

    def _namespace_hosts(self) -> Iterator[Node]:
        for name, life in self._hosts.hold(_hosts(self._topology)).items():
            yield Node(name, Owner("host", name), 1, life)

    def _replicas(self) -> dict[str, int]:
        return {
            service.owner.name: service.replicas
            for service in self._topology.services
            if service.owner.kind == "service"
        }

    def _process_of(self, container: str) -> Process:
        found = self._inspect(container) or {}
        return Process(int(found.get("State", {}).get("Pid", 0)), found.get("HostsPath", ""))

    def _inspect(self, container: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._reach.ask(lambda api: api.inspect_container(container))
        except (NotFound, DockerRefusedError):
            return None
        return found


def _ids(running: Sequence[Container], role: str) -> list[str]:
    return [one["Id"] for one in running if one["Labels"].get(labels.ROLE) == role]


def _hub_life(lives: Mapping[str, Life | None], hubs: Sequence[str]) -> Life:
    """Raises `EngineUnreachableError` while there is none."""
    for hub in hubs:
        if life := lives[hub]:
            return life
    raise EngineUnreachableError("the service that holds the hub does not run")


def _has_own_names(container: Container) -> bool:
    return any(mount["Destination"] == "/etc/hosts" for mount in container.get("Mounts", ()))


def _handed_over() -> Topology:
    """Raises `EngineEndedError`: no later look would find another."""
    try:
        return unpack(os.environ)
    except ValueError as error:
        raise EngineEndedError(str(error)) from error


def _has_network(container: Container) -> bool:
    """Docker says of a container that shares a namespace where it has that from: it is not its own,
    and is left alone."""
    return not container["HostConfig"]["NetworkMode"].startswith(_SHARING)


def _owner(container: Container) -> Owner:
    return Owner("service", container["Labels"].get(labels.SERVICE, ""))


def _hosts(topology: Topology) -> list[Service]:
    return [one for one in topology.services if one.owner.kind == "host"]


def _outside(topology: Topology) -> tuple[str, ...]:
    """The names of the containers that are none of the project's."""
    owners = (service.owner for service in topology.services)
    return tuple(owner.name for owner in owners if owner.kind == "container")


def _owners(topology: Topology) -> Iterator[Owner]:
    """Whose links and commands there are; a container's name stands for its service."""
    aliases = topology.aliases()
    for link in topology.links:
        for end in (link.near, link.far):
            if end:
                yield _service_of(aliases.get(end.owner, end.owner))
    for command in topology.commands:
        yield _service_of(aliases.get(command.owner, command.owner))


def _service_of(owner: Owner) -> Owner:
    """A container by its node's name, such as web-2, belongs to the service web."""
    if owner.kind != "container":
        return owner
    return Owner("service", owner.name.rpartition("-")[0])
