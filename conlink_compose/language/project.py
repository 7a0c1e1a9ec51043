"""Who there is: the services and hosts of a document, and how many replicas each has."""

from __future__ import annotations

from dataclasses import dataclass, field

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import List, Map
from conlink_compose.language.notes import Notes
from conlink_compose.topology import Owner, Service

MOST_REPLICAS = 10_000
"""Ten times what a bridge of the kernel holds; a typing mistake must not cost hours."""
_UNKNOWN_CODES = {
    "service": "unknown-service",
    "container": "unknown-container",
    "host": "unknown-host",
}
SHARED = ("service:", "container:", "host")


@dataclass(frozen=True, slots=True)
class Member:
    """A service or host. `taken` counts the interfaces eth0, eth1, ... that the engine makes."""

    service: Service
    at: Span
    taken: int = 0
    shared: Span | None = None
    container_at: Span | None = None


@dataclass(slots=True)
class Project:
    """The members by owner. A container is known by its node's name, the engine's, or its own."""

    name: str
    members: dict[Owner, Member] = field(default_factory=dict)
    containers: dict[str, Owner] = field(default_factory=dict)
    runtime: str | None = None

    def replicas(self, owner: Owner) -> int:
        member = self.members.get(owner)
        return member.service.replicas if member else 1

    def service_of(self, owner: Owner) -> Owner:
        """The service a container belongs to; any other owner is itself."""
        if owner.kind != "container":
            return owner
        return Owner("service", owner.name.rpartition("-")[0])

    def named(self, notes: Notes, kind: str, name: str, at: Span) -> Owner | None:
        """The owner of that kind and name; None, and an error, where there is none."""
        if kind == "container":
            found = self.containers.get(name)
        else:
            found = Owner(kind, name)  # type: ignore[arg-type]
            found = found if found in self.members else None
        if found is None:
            self._unknown(notes, kind, name, at)
        return found

    def names(self, kind: str) -> list[str]:
        if kind == "container":
            return list(self.containers)
        return [owner.name for owner in self.members if owner.kind == kind]

    def _unknown(self, notes: Notes, kind: str, name: str, at: Span) -> None:
        if kind == "service" and name == self.runtime:
            help_ = "the network service itself cannot have links"
        else:
            help_ = near_or_all(name, self.names(kind), f"the {kind}s are")
        notes.error(_UNKNOWN_CODES[kind], at, f'there is no {kind} "{name}"', help_)


def read_project(notes: Notes, name: str, tree: Map) -> Project:
    """The members of the document, services first, in the order of the files."""
    project = Project(name)
    services, top = tree.get("services"), tree.get("x-conlink")
    if isinstance(services, Map):
        for service_name, service in services.items():
            if isinstance(service, Map):
                at = services.keys_at[service_name]
                _add_service(notes, project, service_name, service, at)
    hosts = top.get("hosts") if isinstance(top, Map) else None
    if isinstance(hosts, Map):
        for host in hosts:
            _add_host(notes, project, host, hosts.keys_at[host])
    return project


def _add_service(notes: Notes, project: Project, name: str, service: Map, at: Span) -> None:
    block = service.get("x-conlink")
    if isinstance(block, Map) and block.get("runtime") in (True, "true", "yes", "on"):
        if project.runtime is not None:
            message = f"{project.runtime} is the network service already"
            notes.error("runtime-twice", block.keys_at["runtime"], message)
        if block.get("links"):
            message = "the network service itself cannot have links"
            notes.error("links-on-runtime", block.keys_at["links"], message)
        project.runtime = name
        return
    member = _member(notes, name, service, at)
    owner = member.service.owner
    project.members[owner] = member
    for node in member.service.node_names():
        # With one replica the container and the service are the same node.
        one = owner if member.service.replicas == 1 else Owner("container", node)
        for known in (node, f"{project.name}-{node}", f"{project.name}_{node.replace('-', '_')}"):
            project.containers[known] = one
        if member.service.container_name:
            project.containers[member.service.container_name] = one


def _member(notes: Notes, name: str, service: Map, at: Span) -> Member:
    replicas, replicas_at = _replicas(service)
    if replicas > MOST_REPLICAS:
        message = f"a service takes at most {MOST_REPLICAS} replicas; {name} has {replicas}"
        notes.error("too-many-replicas", replicas_at, message)
        replicas = 1
    container_name = service.get("container_name")
    container_at = service.values_at.get("container_name")
    if container_name and replicas > 1:
        message = f"{name} has {replicas} replicas, which cannot share one container_name"
        notes.error("container-name-scaled", container_at, message, "leave container_name out")
    mode = str(service.get("network_mode") or "")
    return Member(
        Service(
            Owner("service", name),
            replicas,
            str(container_name) if container_name else None,
            at,
        ),
        at,
        taken=0 if mode == "none" else _networks(service, mode),
        shared=service.values_at["network_mode"] if mode.startswith(SHARED) else None,
        container_at=container_at,
    )


def _replicas(service: Map) -> tuple[int, Span | None]:
    """How many, and where that is said; a number that is none is left to Compose to refuse."""
    deploy = service.get("deploy")
    holder, key = service, "scale"
    if service.get(key) is None and isinstance(deploy, Map):
        holder, key = deploy, "replicas"
    value = holder.get(key)
    if str(value).isdecimal():
        return int(str(value)), holder.values_at[key]
    return 1, None


def _networks(service: Map, mode: str) -> int:
    networks = service.get("networks")
    return 1 if mode or not isinstance(networks, Map | List) else max(1, len(networks))


def _add_host(notes: Notes, project: Project, name: str, at: Span) -> None:
    owner = Owner("host", name)
    service = Owner("service", name)
    if service in project.members:
        first = project.members[service].at
        notes.error("name-twice", at, f"{name} is a service already, at {first}", "rename the host")
    elif name in project.containers:
        other = project.containers[name]
        first = project.members[project.service_of(other)].at
        message = f"{name} is the node of a service already, at {first}"
        notes.error("name-twice", at, message, "rename the host")
    project.members[owner] = Member(Service(owner, span=at), at)
