"""`depends_on`: which services start before this one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from conlink_compose.diagnostics import Diagnostic, Span, near_or_all
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.workloads.fields import Fields


def depends_on(fields: Fields, services: Map, passed_over: Collection[str]) -> tuple[str, ...]:
    """The names in order. `passed_over` are services that no workload stands for."""
    found: list[str] = []
    for name, at, required in named(fields.service.get("depends_on")):
        if name in passed_over:
            continue
        if name in services:
            found.append(name)
        elif required:
            others = [key for key, value in services.items() if value is not fields.service]
            advice = near_or_all(name, others, "the services are")
            message = f'there is no active service "{name}" to depend on'
            fields.wrong("unknown-service", message, at, advice)
    return tuple(dict.fromkeys(found))


def named(value: Value) -> Iterator[tuple[str, Span, bool]]:
    """Each name of a `depends_on`, its place, and whether it must be there."""
    if isinstance(value, Map):
        for name, options in value.items():
            required = options.get("required") if isinstance(options, Map) else None
            yield name, value.keys_at[name], required is not False
    elif isinstance(value, List):
        for item, at in zip(value, value.values_at, strict=True):
            if isinstance(item, str):
                yield item, at, True


def cycles(graph: Mapping[str, tuple[str, ...]], services: Map) -> Iterator[Diagnostic]:
    """One diagnostic for each ring of services that wait for one another."""
    done: set[str] = set()
    for start in graph:
        way: list[str] = []
        todo = [(start, 0)]
        while todo:
            name, depth = todo.pop()
            del way[depth:]
            if name in way:
                yield _cycle([*way[way.index(name) :], name], services)
            elif name not in done:
                way.append(name)
                todo += [(other, len(way)) for other in reversed(graph.get(name, ()))]
                done.add(name)


def _cycle(ring: list[str], services: Map) -> Diagnostic:
    service = services[ring[0]]
    assert isinstance(service, Map)
    message = f"these services wait for one another: {' -> '.join(ring)}"
    at = service.values_at["depends_on"]
    places = [place for name, place, _ in named(service["depends_on"]) if name == ring[1]]
    return Diagnostic("depends-cycle", message, places[0] if places else at)
