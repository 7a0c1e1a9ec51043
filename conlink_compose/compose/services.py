"""The services of a document: which are sound, and which are active."""

from __future__ import annotations

from collections.abc import Collection

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.tree import List, Map, Value


def sound_services(tree: Map) -> tuple[Map, list[Diagnostic]]:
    """`tree` with a map of maps at `services`, if it has that key, and what was not one."""
    if "services" not in tree:
        return tree, []
    services = tree["services"]
    if not isinstance(services, Map):
        at = tree.keys_at["services"]
        problems = [] if services is None else [_no_map("`services`", services, at)]
        return tree.replaced({"services": Map(tree.values_at["services"])}), problems
    odd = [name for name, service in services.items() if not isinstance(service, Map)]
    if not odd:
        return tree, []
    problems = [
        _no_map(f"the service `{name}`", services[name], services.keys_at[name]) for name in odd
    ]
    sound = services.replaced({name: Map(services.values_at[name]) for name in odd})
    return tree.replaced({"services": sound}), problems


def _no_map(what: str, value: Value, at: Span) -> Diagnostic:
    kind = "empty" if value is None else "a list" if isinstance(value, List) else "a single value"
    advice = "write its keys below it, such as `image` and `command`"
    if what == "`services`":
        advice = "write the services below it: a name each, then `image`, `command`, ..."
    return Diagnostic("bad-service", f"{what} must be a map, and this is {kind}", at, advice)


def active_services(tree: Map, profiles: Collection[str]) -> Map:
    """`tree` without the services that `profiles` leave out. `*` is every profile."""
    services = tree.get("services")
    if not isinstance(services, Map) or all(_is_active(s, profiles) for s in services.values()):
        return tree
    names = (name for name, service in services.items() if _is_active(service, profiles))
    return tree.replaced({"services": services.only(names)})


def _is_active(service: Value, profiles: Collection[str]) -> bool:
    wanted = service.get("profiles") if isinstance(service, Map) else None
    if not isinstance(wanted, List) or not wanted:
        return True
    return "*" in profiles or any(profile in profiles for profile in wanted)
