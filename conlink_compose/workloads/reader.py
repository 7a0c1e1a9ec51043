"""What each active service runs, from the keys that Compose itself knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conlink_compose.compose.load import Document
from conlink_compose.compose.services import ServiceDeclaration
from conlink_compose.diagnostics import Diagnostic, Span, near_or_all
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.linux.sysctls import refusal
from conlink_compose.topology import Owner
from conlink_compose.workload import User, Workload
from conlink_compose.workloads.environment import environment, extra_hosts, mounts
from conlink_compose.workloads.process import restart, stop_grace, stop_signal
from conlink_compose.workloads.service_keys import ServiceKeys


def workloads(document: Document) -> tuple[tuple[Workload, ...], list[Diagnostic]]:
    """A workload for each active service and each namespace host, and what is wrong with them.

    The network service that a user wrote by hand is passed over: it is Docker's affair.
    """
    problems: list[Diagnostic] = []
    services = document.services
    found = tuple(
        _workload(document, service, problems)
        for service in services.values()
        if not service.is_network_service
    )
    problems += _rings({one.owner.name: one.depends_on for one in found}, services)
    return found + tuple(_hosts(document.tree)), problems


def _workload(
    document: Document, service: ServiceDeclaration, problems: list[Diagnostic]
) -> Workload:
    keys = ServiceKeys(service.keys, problems)
    entrypoint, command = keys.words("entrypoint"), keys.words("command")
    return Workload(
        owner=Owner("service", service.name),
        replicas=service.replicas,
        argv=(entrypoint or ()) + (command or ()),
        environment=environment(keys, document),
        working_dir=keys.text("working_dir"),
        user=_user(keys),
        hostname=keys.text("hostname"),
        extra_hosts=extra_hosts(keys),
        sysctls=_sysctls(keys),
        mounts=mounts(keys, document.project_directory),
        restart=restart(keys),
        depends_on=_depends_on(keys, service.name, document.services),
        stop_signal=stop_signal(keys),
        stop_grace=stop_grace(keys),
        span=service.at,
    )


def _user(keys: ServiceKeys) -> User:
    groups = keys.service.get("group_add")
    names = keys.texts("group_add", groups) if isinstance(groups, List) else ()
    return User(keys.text("user") or "", tuple(names))


def _hosts(tree: Map) -> Iterator[Workload]:
    block = tree.get("x-conlink")
    hosts = block.get("hosts") if isinstance(block, Map) else None
    if not isinstance(hosts, Map):
        return
    for name, host in hosts.items():
        # What is wrong with a host, `language` tells: it is no key of Compose's.
        keys = ServiceKeys(host, []) if isinstance(host, Map) else None
        sysctls = _sysctls(keys) if keys else ()
        yield Workload(Owner("host", name), sysctls=sysctls, span=hosts.keys_at[name])


def _sysctls(keys: ServiceKeys) -> tuple[tuple[str, str], ...]:
    """Names and values. One that belongs to the machine no engine sets for a node."""
    found = keys.pairs("sysctls")
    value = keys.service.get("sysctls")
    for name, _, at in found:
        if why := refusal(name):
            keys.wrong("bad-sysctl", why, value.keys_at[name] if isinstance(value, Map) else at)
    return tuple((name, text or "") for name, text, _ in found)


def _depends_on(
    keys: ServiceKeys, own: str, services: Mapping[str, ServiceDeclaration]
) -> tuple[str, ...]:
    """The names in order, without the network service's."""
    found: list[str] = []
    _check_form(keys)
    for name, at, required in _named(keys.service.get("depends_on")):
        if name in services:
            if not services[name].is_network_service:
                found.append(name)
        elif required:
            others = [key for key in services if key != own]
            advice = near_or_all(name, others, "the services are", "there is no other service")
            message = f'there is no active service "{name}" to depend on'
            keys.wrong("unknown-service", message, at, advice)
    nodes = {name for name, one in services.items() if not one.is_network_service} - {own}
    found += [name for name in _joined(keys.service) if name in nodes]
    return tuple(dict.fromkeys(found))


_SHARING = ("network_mode", "ipc", "pid", "uts", "cgroup")


def _joined(service: Map) -> Iterator[str]:
    """The services that this one cannot do without, though it does not say so: they start first."""
    for key in ("links", "volumes_from"):
        value = service.get(key)
        for item in value if isinstance(value, List) else ():
            yield str(item).partition(":")[0]
    for key in _SHARING:
        kind, _, name = str(service.get(key)).partition(":")
        if kind == "service":
            yield name


_CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")


def _check_form(keys: ServiceKeys) -> None:
    value = keys.service.get("depends_on")
    if isinstance(value, Map):
        for name, options in value.items():
            _check_condition(keys, options, value.values_at[name])
    elif value is not None and not isinstance(value, List):
        message = "`depends_on` is a list of services, or a map of them"
        keys.wrong("bad-value", message, keys.at("depends_on"), f"write `depends_on: [{value}]`")


def _check_condition(keys: ServiceKeys, options: Value, at: Span) -> None:
    if not isinstance(options, Map):
        advice = "write `{condition: service_started}`, or `depends_on` as a list"
        keys.wrong("bad-value", "a map with a `condition` is needed here", at, advice)
        return
    condition = options.get("condition")
    if condition is not None and condition not in _CONDITIONS:
        advice = near_or_all(str(condition), _CONDITIONS, "the conditions are")
        at = options.values_at["condition"]
        keys.wrong("bad-value", f"`{condition}` is no condition to wait for", at, advice)


def _named(value: Value) -> Iterator[tuple[str, Span, bool]]:
    """Each name of a `depends_on`, its place, and whether it must be there."""
    if isinstance(value, Map):
        for name, options in value.items():
            required = options.get("required") if isinstance(options, Map) else None
            yield name, value.keys_at[name], required is not False
    elif isinstance(value, List):
        for item, at in value.placed():
            if isinstance(item, str):
                yield item, at, True


def _rings(
    graph: Mapping[str, tuple[str, ...]], services: Mapping[str, ServiceDeclaration]
) -> Iterator[Diagnostic]:
    """One diagnostic for each ring of services that wait for one another."""
    done: set[str] = set()
    for start in graph:
        way: list[str] = []
        todo = [(start, 0)]
        while todo:
            name, depth = todo.pop()
            del way[depth:]
            if name in way:
                ring = [*way[way.index(name) :], name]
                yield _ring(ring, services[name])
            elif name not in done:
                way.append(name)
                todo += [(other, len(way)) for other in reversed(graph.get(name, ()))]
                done.add(name)


def _ring(ring: list[str], service: ServiceDeclaration) -> Diagnostic:
    message = f"these services wait for one another: {' -> '.join(ring)}"
    named = _named(service.keys.get("depends_on"))
    places = [place for name, place, _ in named if name == ring[1]]
    return Diagnostic("depends-cycle", message, places[0] if places else service.at)
