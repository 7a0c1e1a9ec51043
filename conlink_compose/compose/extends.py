"""`extends`: a service that begins as a copy of another, of this file or of one elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conlink_compose.compose.files import Files
from conlink_compose.compose.merge import merge
from conlink_compose.compose.paths import anchored, below
from conlink_compose.diagnostics import Diagnostic, Span, near_or_all
from conlink_compose.document.tree import Map, Value

LONGEST = 50
"""Services that extend one another in a row."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """A file, the folder that its paths are relative to, and the services on the way to it."""

    name: str
    folder: str
    tree: Map
    chain: tuple[tuple[str, str], ...] = ()


def extend(files: Files, tree: Map, name: str, folder: str, variables: Mapping[str, str]) -> Map:
    """`tree`, of the file `name`, with every `extends` carried out. Problems go to `files`."""
    services = tree.get("services")
    if not isinstance(services, Map) or not any(_extends(s) for s in services.values()):
        return tree
    extender = _Extender(files, variables)
    scope = _Scope(name, folder, tree)
    extended = {
        key: extender.service(scope, key) for key, service in services.items() if _extends(service)
    }
    return tree.replaced({"services": services.replaced(extended)})


def _extends(service: Value) -> bool:
    return isinstance(service, Map) and service.get("extends") is not None


@dataclass(slots=True)
class _Extender:
    files: Files
    variables: Mapping[str, str]
    known: dict[tuple[str, str], Value] = field(default_factory=dict)

    def service(self, scope: _Scope, name: str) -> Value:
        """The service `name` of `scope` with all that it extends."""
        key = (scope.name, name)
        if key not in self.known:
            services = scope.tree["services"]
            assert isinstance(services, Map)
            service = services[name]
            if isinstance(service, Map) and _extends(service):
                scope = replace(scope, chain=(*scope.chain, key))
                self.known[key] = self._extended(scope, name, service)
            else:
                self.known[key] = service
        return self.known[key]

    def _extended(self, scope: _Scope, name: str, service: Map) -> Map:
        own = service.only(key for key in service if key != "extends")
        base = self._base(scope, service)
        if base is None:
            return own
        merged, problems = merge(base, own, ("services", name))
        self.files.diagnostics += problems
        return merged

    def _base(self, scope: _Scope, service: Map) -> Map | None:
        """What `service` extends, or None where that cannot be had; then it has been said."""
        at = service.values_at["extends"]
        value = service["extends"]
        wanted, file = _words(value)
        if wanted is None:
            message = "`extends` names a service, or is a map with `service` and `file`"
            self._tell("bad-extends", message, at)
            return None
        if isinstance(value, Map):
            at = value.values_at["service"]
        target = scope
        if file is not None:
            assert isinstance(value, Map)
            found = self._other_file(scope, file, value.values_at["file"])
            if found is None:
                return None
            target = found
        if (target.name, wanted) in scope.chain:
            way = " -> ".join([*(name for _, name in scope.chain), wanted])
            self._tell("extends-cycle", f"these services extend one another: {way}", at)
            return None
        if len(scope.chain) > LONGEST:
            message = f"more than {LONGEST} services extend one another in a row"
            self._tell("too-deep", message, at)
            return None
        return self._found(target, wanted, at, file is not None)

    def _other_file(self, scope: _Scope, file: str, at: Span) -> _Scope | None:
        name = below(scope.folder, file)
        tree = self.files.tree(name, self.variables, at)
        if tree is None:
            return None
        return _Scope(name, os.path.dirname(name), tree, scope.chain)  # noqa: PTH120

    def _found(self, scope: _Scope, wanted: str, at: Span, elsewhere: bool) -> Map | None:
        services = scope.tree.get("services")
        names = list(services) if isinstance(services, Map) else []
        own = scope.chain[-1]
        if wanted not in names:
            where = f"in {scope.name}" if elsewhere else "in this file"
            message = f"there is no service `{wanted}` {where} to extend"
            others = [name for name in names if (scope.name, name) != own]
            none = None if elsewhere else "there is no other service"
            advice = near_or_all(wanted, others, "the services are", none)
            self._tell("unknown-service", message, at, advice)
            return None
        service = self.service(scope, wanted)
        if not isinstance(service, Map):
            return None
        if elsewhere:
            service = anchored(service, self.files.absolute(scope.folder))
        return service

    def _tell(self, code: str, message: str, at: Span, advice: str | None = None) -> None:
        self.files.diagnostics.append(Diagnostic(code, message, at, advice))


def _words(value: Value) -> tuple[str | None, str | None]:
    """The service and the file that `extends` names."""
    if isinstance(value, str):
        return value, None
    if not isinstance(value, Map):
        return None, None
    service, file = value.get("service"), value.get("file")
    good = isinstance(service, str) and (file is None or isinstance(file, str))
    return (str(service), None if file is None else str(file)) if good else (None, None)
