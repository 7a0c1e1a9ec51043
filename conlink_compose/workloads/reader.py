"""What each active service runs, from the keys that Compose itself knows."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.topology import Owner
from conlink_compose.workload import Workload
from conlink_compose.workloads.dependencies import cycles, depends_on
from conlink_compose.workloads.environment import environment
from conlink_compose.workloads.fields import Fields
from conlink_compose.workloads.mounts import mounts
from conlink_compose.workloads.process import restart, stop_grace, stop_signal

MOST_REPLICAS = 100_000


def workloads(document: Document) -> tuple[tuple[Workload, ...], list[Diagnostic]]:
    """A workload for each active service and each namespace host, and what is wrong with them.

    The network service that a user wrote by hand is passed over: it is Docker's affair.
    """
    problems: list[Diagnostic] = []
    services = document.tree.get("services")
    if not isinstance(services, Map):
        return _hosts(document.tree), []
    passed_over = frozenset(key for key, value in services.items() if _is_runtime(value))
    reader = _Reader(document, services, passed_over, problems)
    found = tuple(reader.workload(name) for name in services if name not in passed_over)
    problems += cycles({one.owner.name: one.depends_on for one in found}, services)
    return found + _hosts(document.tree), problems


@dataclass(slots=True)
class _Reader:
    document: Document
    services: Map
    passed_over: frozenset[str]
    problems: list[Diagnostic]

    def workload(self, name: str) -> Workload:
        service = self.services[name]
        assert isinstance(service, Map)
        fields = Fields(service)
        entrypoint, command = fields.words("entrypoint"), fields.words("command")
        found = Workload(
            owner=Owner("service", name),
            replicas=_replicas(fields),
            argv=(entrypoint or ()) + (command or ()),
            environment=environment(fields, self.document),
            working_dir=fields.text("working_dir"),
            hostname=fields.text("hostname"),
            extra_hosts=_extra_hosts(fields),
            sysctls=tuple((key, value or "") for key, value, _ in fields.pairs("sysctls")),
            mounts=mounts(fields, self.document.project_directory),
            restart=restart(fields),
            depends_on=depends_on(fields, self.services, self.passed_over),
            stop_signal=stop_signal(fields),
            stop_grace=stop_grace(fields),
            span=self.services.keys_at[name],
        )
        self.problems += fields.problems
        return found


def _is_runtime(service: Value) -> bool:
    block = service.get("x-conlink") if isinstance(service, Map) else None
    return isinstance(block, Map) and block.get("runtime") is True


def _replicas(fields: Fields) -> int:
    """`scale`, else `deploy.replicas`, else 1."""
    holder, key = fields.service, "scale"
    deploy = fields.service.get("deploy")
    if holder.get("scale") is None and isinstance(deploy, Map):
        holder, key = deploy, "replicas"
    value = holder.get(key)
    if value is None:
        return 1
    good = isinstance(value, int) and not isinstance(value, bool)
    number = int(str(value)) if good else -1
    if not 0 <= number <= MOST_REPLICAS:
        message = f"`{key}` takes a whole number, 0 or more; this is {value}"
        fields.wrong("bad-value", message, holder.values_at[key])
        return 1
    return number


def _extra_hosts(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Names and addresses, from `name=address`, `name:address` or a map to one or several."""
    value = fields.service.get("extra_hosts")
    if isinstance(value, Map):
        pairs = [
            (name, str(address), value.values_at[name])
            for name, addresses in value.items()
            for address in (addresses if isinstance(addresses, List) else [addresses])
        ]
        return tuple((name, address.strip("[]")) for name, address, _ in pairs)
    found: list[tuple[str, str]] = []
    for first, second, at in fields.pairs("extra_hosts"):
        name, address = (first, second) if second is not None else _split_at_colon(first)
        if not name or not address:
            message = f"`{name}` has no address, and an extra host is `name=address`"
            fields.wrong("bad-extra-host", message, at)
        else:
            found.append((name, address.strip("[]")))
    return tuple(found)


def _split_at_colon(text: str) -> tuple[str, str]:
    name, _, address = text.partition(":")
    return name, address


def _hosts(tree: Map) -> tuple[Workload, ...]:
    block = tree.get("x-conlink")
    hosts = block.get("hosts") if isinstance(block, Map) else None
    if not isinstance(hosts, Map):
        return ()
    return tuple(Workload(Owner("host", name), span=hosts.keys_at[name]) for name in hosts)
