"""What is no map where Compose wants services is told once, and read as an empty one after that."""

from __future__ import annotations

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.tree import List, Map, Value


def sound_services(tree: Map) -> tuple[Map, list[Diagnostic]]:
    """`tree` with a map of maps at `services`, if it has that key, and what was not one."""
    if "services" not in tree:
        return tree, []
    services, at = tree["services"], tree.values_at["services"]
    problems: list[Diagnostic] = []
    sound = Map(at)
    if isinstance(services, Map):
        if all(isinstance(service, Map) for service in services.values()):
            return tree, []
        for name, service in services.items():
            key_at, value_at = services.keys_at[name], services.values_at[name]
            if not isinstance(service, Map):
                problems.append(_no_map(f"the service `{name}`", service, key_at))
            kept = service if isinstance(service, Map) else Map(value_at)
            sound.put(name, kept, key_at, value_at)
    elif services is not None:
        problems.append(_no_map("`services`", services, tree.keys_at["services"]))
    whole = Map(tree.span)
    for key, value in tree.items():
        whole.put(
            key, sound if key == "services" else value, tree.keys_at[key], tree.values_at[key]
        )
    return whole, problems


def _no_map(what: str, value: Value, at: Span) -> Diagnostic:
    kind = "empty" if value is None else "a list" if isinstance(value, List) else "a single value"
    advice = "write its keys below it, such as `image` and `command`"
    if what == "`services`":
        advice = "write the services below it: a name each, then `image`, `command`, ..."
    return Diagnostic("bad-service", f"{what} must be a map, and this is {kind}", at, advice)
