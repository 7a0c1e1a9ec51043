"""The services of a document: those that are active, and what is declared of each, read once.

Whoever asks how many replicas there are, or which service is the network service, asks here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.scalars import as_text, is_true
from conlink_compose.document.tree import List, Map, Value

MOST_REPLICAS = 10_000
"""Ten times what a bridge of the kernel holds; a typing mistake must not cost hours."""

LONGEST_NAME = 128
"""Characters of a service's or a host's name: it names files, and is shown in every sentence."""

_NAME = re.compile(r"[a-zA-Z0-9._-]+\Z")
_CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")
_SHARED = ("service:", "container:", "host")
# What Go's strconv.Atoi takes, for Compose reads a text with it. Longer ones are past the limit.
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}\Z")


@dataclass(frozen=True, slots=True)
class ServiceDeclaration:
    """One active service. `at` is the place of its name, `keys` all that stands below it.

    `networks` names the engine's networks that it joins. The network service is the one that
    a user wrote by hand (`x-conlink: {runtime: true}`): no node, but what wires the nodes.
    """

    name: str
    at: Span
    keys: Map
    replicas: int
    container_name: str | None
    network_mode: str | None
    networks: tuple[str, ...]
    is_network_service: bool

    @property
    def shares_network(self) -> bool:
        """Does it live in the network namespace of another?"""
        return self.network_mode is not None and self.network_mode.startswith(_SHARED)

    @property
    def engine_interfaces(self) -> tuple[str, ...]:
        """The interfaces that the engine itself makes in each replica: one a network, called as
        its `interface_name` says, else by the first of eth0, eth1, ... that is left."""
        if self.network_mode == "none":
            return ()
        count = 1 if self.network_mode else max(1, len(self.networks))
        chosen = self._interface_names() if not self.network_mode else []
        numbered = (f"eth{number}" for number in itertools.count())
        free = (name for name in numbered if name not in chosen)
        return (*chosen, *itertools.islice(free, count - len(chosen)))

    @property
    def sysctls(self) -> dict[str, str]:
        """Those it declares, as far as they can be read: names and values."""
        value = self.keys.get("sysctls")
        if isinstance(value, Map):
            return dict(zip(value, _texts(value.values()), strict=True))
        pairs = (one.partition("=") for one in _texts(value)) if isinstance(value, List) else ()
        return {name: text for name, _, text in pairs}

    @property
    def sets_sysctls(self) -> bool:
        """May what it runs set more? It has the rights to, or its command speaks of it."""
        added = self.keys.get("cap_add")
        rights = set(_texts(added)) if isinstance(added, List) else set()
        words = f"{self.keys.get('command')} {self.keys.get('entrypoint')}"
        privileged = is_true(self.keys.get("privileged")) or {"ALL", "SYS_ADMIN"} & rights
        return bool(privileged) or "forward" in words

    def _interface_names(self) -> list[str]:
        networks = self.keys.get("networks")
        joined = networks.values() if isinstance(networks, Map) else ()
        said = [one.get("interface_name") for one in joined if isinstance(one, Map)]
        return [name for name in said if isinstance(name, str) and name]

    def place(self, key: str) -> Span | None:
        """Where the value of `key` stands."""
        return self.keys.values_at.get(key)


def _texts(values: Iterable[Value]) -> list[str]:
    """Single values as texts, empty for what is none."""
    return ["" if isinstance(one, Map | List) else as_text(one) for one in values]


def sound_services(tree: Map, refused: Collection[Span]) -> tuple[Map, list[Diagnostic]]:
    """`tree` with a map of maps at `services`, if it has that key, and what was not one.

    About the values at `refused` an error has been told already.
    """
    if "services" not in tree:
        return tree, []
    services = tree["services"]
    if not isinstance(services, Map):
        at = tree.keys_at["services"]
        quiet = services is None or tree.values_at["services"] in refused
        problems = [] if quiet else [_no_map("`services`", services, at)]
        return tree.replaced({"services": Map(tree.values_at["services"])}), problems
    problems = [*_bad_names(services), *_bad_profiles(services)]
    odd = [name for name, service in services.items() if not isinstance(service, Map)]
    if not odd:
        return tree, problems
    problems += [
        _no_map(f"the service `{name}`", services[name], services.keys_at[name])
        for name in odd
        if services.values_at[name] not in refused
    ]
    sound = services.replaced({name: Map(services.values_at[name]) for name in odd})
    return tree.replaced({"services": sound}), problems


def _no_map(what: str, value: Value, at: Span) -> Diagnostic:
    kind = "empty" if value is None else "a list" if isinstance(value, List) else "a single value"
    advice = "write its keys below it, such as `image` and `command`"
    if what == "`services`":
        advice = "write the services below it: a name each, then `image`, `command`, ..."
    return Diagnostic("bad-service", f"{what} must be a map, and this is {kind}", at, advice)


def _bad_names(services: Map) -> Iterator[Diagnostic]:
    for name, at in services.keys_at.items():
        why = name_refusal(name, "a service")
        if why is not None:
            yield Diagnostic("bad-service", why, at)


def name_refusal(name: str, what: str) -> str | None:
    """Why `name` cannot name `what`, as `a service` or `a host`; None where it can."""
    if not _NAME.match(name):
        return f"`{name}` cannot name {what}: letters, digits, `.`, `-` and `_` can"
    if len(name) > LONGEST_NAME:
        return f"the name of {what} has at most {LONGEST_NAME} characters, and this has {len(name)}"
    return None


def _bad_profiles(services: Map) -> Iterator[Diagnostic]:
    for service in services.values():
        profiles = service.get("profiles") if isinstance(service, Map) else None
        texts = isinstance(profiles, List) and all(isinstance(one, str) for one in profiles)
        if profiles is not None and not texts:
            assert isinstance(service, Map)
            message = "`profiles` is a list of names"
            advice = "write `profiles: [name]`"
            yield Diagnostic("bad-value", message, service.values_at["profiles"], advice)


def service_names(tree: Map) -> tuple[str, ...]:
    """All of them, whatever their profiles."""
    services = tree.get("services")
    return tuple(services) if isinstance(services, Map) else ()


def active_services(tree: Map, profiles: Collection[str]) -> Map:
    """`tree` without the services that `profiles` leave out. `*` is every profile."""
    services = tree.get("services")
    if not isinstance(services, Map) or all(_is_active(s, profiles) for s in services.values()):
        return tree
    names = (name for name, service in services.items() if _is_active(service, profiles))
    return tree.replaced({"services": services.only(names)})


def profiles_of(tree: Map, named: Collection[str], active: Collection[str]) -> tuple[str, ...]:
    """The profiles of the services in `named` that `active` ones leave out: who names a service
    wants it, as in Compose (project.WithServicesEnabled of compose-go)."""
    services = tree.get("services")
    if not isinstance(services, Map):
        return ()
    wanted = (services[name] for name in named if name in services)
    left_out = (service for service in wanted if not _is_active(service, active))
    return tuple(profile for service in left_out for profile in _profiles(service))


def _is_active(service: Value, profiles: Collection[str]) -> bool:
    names = _profiles(service)
    return not names or "*" in profiles or any(name in profiles for name in names)


def _profiles(service: Value) -> list[str]:
    wanted = service.get("profiles") if isinstance(service, Map) else None
    return [str(name) for name in wanted if name != ""] if isinstance(wanted, List) else []


def read_services(
    tree: Map, refused: Collection[Span]
) -> tuple[dict[str, ServiceDeclaration], list[Diagnostic]]:
    """The services of `tree` by name, in the order of the files, and what is wrong with them.

    About the values at `refused` an error has been told already.
    """
    services = tree.get("services")
    found: dict[str, ServiceDeclaration] = {}
    if not isinstance(services, Map):
        return found, []
    replicas = _Replicas(refused)
    for name, keys in services.items():
        if isinstance(keys, Map):
            one = _declaration(name, services.keys_at[name], keys, replicas.of(keys))
            # Of a mode that could not be read nothing follows.
            unread = one.place("network_mode") in refused
            found[name] = replace(one, network_mode="none") if unread else one
    return found, [*replicas.problems, *_bad_container_names(found.values(), refused)]


def _bad_container_names(
    services: Iterable[ServiceDeclaration], refused: Collection[Span]
) -> Iterator[Diagnostic]:
    first: dict[str, ServiceDeclaration] = {}
    for service in services:
        value, at = service.keys.get("container_name"), service.place("container_name")
        if value is None or at in refused:
            continue
        name = "" if isinstance(value, Map | List) else as_text(value)
        if not _CONTAINER_NAME.match(name):
            shown = f"`{name}`" if name else "an empty text"
            message = f"{shown} cannot name a container: letters, digits, `.`, `-` and `_` can"
            advice = "two signs at least, with a letter or a digit first; or leave it out"
            yield Diagnostic("bad-value", message, at, advice)
        elif name in first:
            other = first[name].place("container_name")
            message = f"{first[name].name} has this container_name already, at {other}"
            yield Diagnostic("name-twice", message, at)
        first.setdefault(name, service)


def _declaration(name: str, at: Span, keys: Map, replicas: int) -> ServiceDeclaration:
    container_name, mode = keys.get("container_name"), keys.get("network_mode")
    networks, block = keys.get("networks"), keys.get("x-conlink")
    return ServiceDeclaration(
        name,
        at,
        keys,
        replicas,
        container_name=str(container_name) if container_name else None,
        network_mode=str(mode) if mode else None,
        networks=tuple(map(str, networks)) if isinstance(networks, Map | List) else (),
        is_network_service=isinstance(block, Map) and is_true(block.get("runtime")),
    )


@dataclass(frozen=True, slots=True)
class _Replicas:
    """`scale` and `deploy.replicas`: either says how many there are, and both must agree."""

    refused: Collection[Span]
    problems: list[Diagnostic] = field(default_factory=list)

    def of(self, keys: Map) -> int:
        """1 where nothing is said, and where what is said is wrong."""
        deploy = keys.get("deploy")
        scale = self._count(keys, "scale")
        replicas = self._count(deploy, "replicas") if isinstance(deploy, Map) else None
        if scale is None or replicas is None or scale == replicas:
            return next((count for count in (scale, replicas) if count is not None), 1)
        assert isinstance(deploy, Map)
        message = f"`replicas` is {replicas} here, and `scale` of the same service is {scale}"
        advice = "write one of them, or the same number in both"
        self._wrong(message, deploy.values_at["replicas"], advice)
        return 1

    def _count(self, holder: Map, key: str) -> int | None:
        value = holder.get(key)
        if value is None or holder.values_at[key] in self.refused:
            return None
        count = _whole(value)
        if count is not None and 0 <= count <= MOST_REPLICAS:
            return count
        takes = f"`{key}` takes a whole number from 0 to {MOST_REPLICAS:,}"
        self._wrong(f"{takes}; this is {_shown(value)}", holder.values_at[key])
        return None

    def _wrong(self, message: str, at: Span, advice: str | None = None) -> None:
        self.problems.append(Diagnostic("bad-value", message, at, advice))


def _whole(value: Value) -> int | None:
    """The whole number that `value` is for Compose: 2, 2.0, and the texts "2" and "+2"."""
    if isinstance(value, str):
        return int(value) if _WHOLE.match(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if isinstance(value, int) or value.is_integer() else None


def _shown(value: Value) -> str:
    if isinstance(value, Map | List):
        return "a map" if isinstance(value, Map) else "a list"
    return f'the text "{value}"' if isinstance(value, str) else as_text(value)
