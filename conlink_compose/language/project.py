"""Who there is: the services and hosts of a document, how many replicas each has, and the options
of what is added to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conlink_compose.compose.load import Document
from conlink_compose.compose.services import ServiceDeclaration, name_refusal
from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import Map
from conlink_compose.language.fields import Fields, Path, RefusedPaths, fields_of, flag, text, texts
from conlink_compose.language.report import Report
from conlink_compose.language.values.sysctls import read_sysctls
from conlink_compose.topology import Owner, RuntimeOptions, Service

_UNKNOWN_CODES = {
    "service": "unknown-service",
    "container": "unknown-container",
    "host": "unknown-host",
}
_CONTAINER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]+\Z")
"""What Docker takes (daemon/names/names.go)."""


@dataclass(frozen=True, slots=True)
class Member:
    """A service, a host, or a container of somebody else's. `taken` are the interfaces that the
    engine makes. `sets_its_own`: what it runs may set sysctls beside those it declares."""

    service: Service
    at: Span
    taken: tuple[str, ...] = ()
    shared: Span | None = None
    sysctls: Mapping[str, str] = field(default_factory=dict)
    sets_its_own: bool = False


@dataclass(slots=True)
class Project:
    """The members by owner. A container is known by its node's name, the engine's, or its own.

    With `meets_others`, one that is not known is somebody else's, and becomes a member when it is
    first named.
    """

    name: str
    meets_others: bool = False
    members: dict[Owner, Member] = field(default_factory=dict)
    containers: dict[str, Owner] = field(default_factory=dict)
    runtime: str | None = None

    def replicas(self, owner: Owner) -> int:
        member = self.members.get(owner)
        return member.service.replicas if member else 1

    def service_of(self, owner: Owner) -> Owner:
        """The service a container belongs to; any other owner is itself."""
        if owner.kind != "container" or owner in self.members:
            return owner
        return Owner("service", owner.name.rpartition("-")[0])

    def named(self, report: Report, kind: str, name: str, at: Span) -> Owner | None:
        """The owner of that kind and name; None, and an error, where there is none."""
        if kind == "container":
            found = self.containers.get(name) or self._of_others(report, name, at)
        else:
            found = Owner(kind, name)  # type: ignore[arg-type]
            found = found if found in self.members else None
        if found is None:
            self._unknown(report, kind, name, at)
        return found

    def _of_others(self, report: Report, name: str, at: Span) -> Owner | None:
        """A container outside the project, now a member; None where the name can be none's."""
        if not self.meets_others or not _CONTAINER_NAME.match(name) or self._is_a_replica(name):
            return None
        host = self.members.get(Owner("host", name))
        if host is not None:
            message = f"{name} is a host already, at {host.at}"
            report.error("name-twice", at, message, "a host is meant by `host`; or rename it")
        owner = self.containers[name] = Owner("container", name)
        # Its networks are known to its engine alone; they may well have addresses.
        self.members[owner] = Member(Service(owner, span=at), at, taken=("eth0",))
        return owner

    def _is_a_replica(self, name: str) -> bool:
        """One that a service here does not have: web-3 of two, also as Compose calls it."""
        project = re.escape(self.name)
        found = re.fullmatch(rf"(?:{project}-)?(.+)-\d+|{project}_(.+)_\d+", name)
        return found is not None and Owner("service", found[1] or found[2]) in self.members

    def names(self, kind: str) -> list[str]:
        if kind == "container":
            return list(self.containers)
        return [owner.name for owner in self.members if owner.kind == kind]

    def _unknown(self, report: Report, kind: str, name: str, at: Span) -> None:
        if kind == "service" and name == self.runtime:
            help_ = "the network service itself cannot have links"
        else:
            help_ = near_or_all(name, self.names(kind), f"the {kind}s are")
        report.error(_UNKNOWN_CODES[kind], at, f'there is no {kind} "{name}"', help_)


def read_project(report: Report, document: Document, refused: RefusedPaths) -> Project:
    """The members of the document, services first, in the order of the files."""
    project = Project(document.project, document.containers_outside)
    for service in document.services.values():
        if service.is_network_service:
            _add_network_service(report, project, service)
        else:
            _add_service(report, project, service)
    top = document.tree.get("x-conlink")
    hosts = top.get("hosts") if isinstance(top, Map) else None
    if isinstance(hosts, Map):
        for host in hosts:
            fields = _fields_of_host(hosts, host, refused)
            sysctls, places = read_sysctls(report, fields.get("sysctls"))
            owner, at = Owner("host", host), hosts.keys_at[host]
            _add_host(report, project, Service(owner, 1, None, at, sysctls, places))
    return project


def _add_network_service(report: Report, project: Project, service: ServiceDeclaration) -> None:
    block = service.keys["x-conlink"]
    assert isinstance(block, Map)
    if project.runtime is not None:
        message = f"{project.runtime} is the network service already"
        report.error("runtime-twice", block.keys_at["runtime"], message)
    if block.get("links"):
        message = "the network service itself cannot have links"
        report.error("links-on-runtime", block.keys_at["links"], message)
    project.runtime = service.name


def _add_service(report: Report, project: Project, declared: ServiceDeclaration) -> None:
    member = _member(report, declared)
    service = member.service
    project.members[service.owner] = member
    for node in service.node_names():
        # With one replica the container and the service are the same node.
        one = service.owner if service.replicas == 1 else Owner("container", node)
        for known in (node, f"{project.name}-{node}", f"{project.name}_{node.replace('-', '_')}"):
            project.containers[known] = one
        if service.container_name:
            project.containers[service.container_name] = one


def _member(report: Report, declared: ServiceDeclaration) -> Member:
    name, replicas, at = declared.name, declared.replicas, declared.at
    if declared.container_name and replicas > 1:
        message = f"{name} has {replicas} replicas, which cannot share one container_name"
        place = declared.place("container_name")
        report.error("container-name-scaled", place, message, "leave container_name out")
    return Member(
        Service(Owner("service", name), replicas, declared.container_name, at),
        at,
        taken=declared.engine_interfaces,
        shared=declared.place("network_mode") if declared.shares_network else None,
        sysctls=declared.sysctls,
        sets_its_own=declared.sets_sysctls,
    )


def _fields_of_host(hosts: Map, name: str, refused: RefusedPaths) -> Fields:
    host = hosts[name]
    path: Path = ("x-conlink", "hosts", name)
    return fields_of(host, path, refused) if isinstance(host, Map) else {}


def _add_host(report: Report, project: Project, host: Service) -> None:
    name, at = host.owner.name, host.span
    assert at
    service = Owner("service", name)
    why = name_refusal(name, "a host")
    if why is None and not name[0].isalnum():
        why = f"the name of a host begins with a letter or a digit, and this is `{name}`"
    if why is not None:
        report.error("bad-host", at, why)
    if service in project.members:
        first = project.members[service].at
        report.error(
            "name-twice", at, f"{name} is a service already, at {first}", "rename the host"
        )
    elif name in project.containers:
        other = project.containers[name]
        first = project.members[project.service_of(other)].at
        message = f"{name} is the node of a service already, at {first}"
        report.error("name-twice", at, message, "rename the host")
    project.members[host.owner] = Member(host, at, sysctls=dict(host.sysctls))


def read_runtime(tree: Map, written_by: str | None, refused: RefusedPaths) -> RuntimeOptions:
    """How the services that are added to the project are to be."""
    top = tree.get("x-conlink")
    options = top.get("runtime") if isinstance(top, Map) else None
    if not isinstance(options, Map):
        return RuntimeOptions(written_by=written_by)
    fields = fields_of(options, ("x-conlink", "runtime"), refused)
    networks, ports = fields.get("networks"), fields.get("ports")
    return RuntimeOptions(
        text(fields, "image"),
        text(fields, "name"),
        tuple(name for name, _ in texts(networks)) if networks else (),
        tuple(port for port, _ in texts(ports)) if ports else (),
        text(fields, "log_level") or "info",
        flag(fields, "gate") is not False,
        flag(fields, "names") is not False,
        written_by,
    )
