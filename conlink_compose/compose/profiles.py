"""Which services are active: those without `profiles`, and those with one that was chosen."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.document.tree import List, Map, Value


def chosen_profiles(asked: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, ...]:
    """`--profile`, else COMPOSE_PROFILES."""
    if asked:
        return asked
    words = environment.get("COMPOSE_PROFILES", "").split(",")
    return tuple(word.strip() for word in words if word.strip())


def active_services(tree: Map, profiles: tuple[str, ...]) -> Map:
    """`tree` without the services that `profiles` leave out. `*` is every profile."""
    services = tree.get("services")
    if not isinstance(services, Map) or all(_is_active(s, profiles) for s in services.values()):
        return tree
    active = Map(services.span)
    for name, service in services.items():
        if _is_active(service, profiles):
            active.put(name, service, services.keys_at[name], services.values_at[name])
    whole = Map(tree.span)
    for key, value in tree.items():
        new = active if key == "services" else value
        whole.put(key, new, tree.keys_at[key], tree.values_at[key])
    return whole


def _is_active(service: Value, profiles: tuple[str, ...]) -> bool:
    wanted = service.get("profiles") if isinstance(service, Map) else None
    if not isinstance(wanted, List) or not wanted:
        return True
    return "*" in profiles or any(profile in profiles for profile in wanted)
