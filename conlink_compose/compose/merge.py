"""Several files to one tree, as Compose 2 merges them: maps deeply, lists append.

Nothing is changed where it stands, for aliases share containers: a merged one is new, and
each pair and item in it keeps the place where it was written.
"""

from __future__ import annotations

from conlink_compose.compose import merge_rules as rules
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.scalars import Override, Reset
from conlink_compose.document.tree import List, Map, Value

Path = tuple[str, ...]


def merge(earlier: Map, later: Map, path: Path = ()) -> tuple[Map, list[Diagnostic]]:
    """`earlier` with `later` over it. `path` tells where in the document both stand."""
    merger = _Merger()
    return merger.maps(earlier, later, path), merger.problems


def settled(tree: Map) -> Map:
    """`tree` after its last merge: without what `!reset` names, `!override` being no more."""
    value = _settle(tree, {})
    assert isinstance(value, Map)
    return _without_repeats(value)


def _without_repeats(tree: Map) -> Map:
    """What one file says twice holds once, as it does in several."""
    services = tree.get("services")
    if not isinstance(services, Map):
        return tree
    changed = {
        name: _service_without_repeats(name, service)
        for name, service in services.items()
        if isinstance(service, Map)
    }
    if all(services[name] is service for name, service in changed.items()):
        return tree
    return tree.replaced({"services": services.replaced(changed)})


def _service_without_repeats(name: str, service: Map) -> Map:
    lists = {key: value for key, value in service.items() if isinstance(value, List)}
    unique = {key: rules.without_repeats(v, ("services", name, key)) for key, v in lists.items()}
    shorter = {key: value for key, value in unique.items() if len(value) < len(lists[key])}
    return service.replaced(shorter) if shorter else service


class _Merger:
    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []

    def maps(self, earlier: Map, later: Map, path: Path) -> Map:
        merged = Map(earlier.span)
        for key in earlier:
            if key in later:
                self._pair(merged, key, earlier, later, (*path, key))
            else:
                merged.take(key, earlier)
        for key in later:
            if key not in earlier:
                merged.take(key, later)
        return merged

    def _pair(self, merged: Map, key: str, earlier: Map, later: Map, path: Path) -> None:
        old, new = earlier[key], later[key]
        at = later.values_at[key]
        if isinstance(new, Reset | Override) or rules.matches(path, rules.REPLACED):
            merged.take(key, later)
            return
        if isinstance(old, Override):
            # What the earlier file says instead still stands; the later one merges with it.
            old_at = old.values_at[0]
            old = old[0]
        else:
            old_at = earlier.values_at[key]
        value = self._values(old, old_at, new, at, path)
        # What is merged of both stands where it stood first; a value that replaces, where it does.
        first = value is not new
        key_at = (earlier if first else later).keys_at[key]
        merged.put(key, value, key_at, old_at if first else at)

    def _values(self, old: Value, old_at: Span, new: Value, at: Span, path: Path) -> Value:
        if old is None or isinstance(old, Reset):
            return new
        if new is None:
            # It takes nothing away, but a variable or label without a value is one without a value.
            return None if rules.matches(path[:-1], rules.AS_LIST) else old
        if rules.matches(path, rules.AS_LIST):
            both_maps = isinstance(old, Map) and isinstance(new, Map)
            if not both_maps or rules.matches(path, rules.BY_ITEM):
                kept = rules.without_reset(rules.as_list(old, old_at), new)
                return self._lists(kept, rules.as_list(new, at), path)
        elif rules.matches(path, rules.DEPENDS):
            old, new = rules.as_map(old), rules.as_conditions(new)
        elif rules.matches(path, rules.NAMED):
            old, new = rules.as_map(old), rules.as_map(new)
        elif rules.matches(path, rules.BUILD):
            old, new = rules.as_build(old, old_at), rules.as_build(new, at)
        return self._by_type(old, new, at, path)

    def _by_type(self, old: Value, new: Value, at: Span, path: Path) -> Value:
        if isinstance(old, Map) and isinstance(new, Map):
            return self.maps(old, new, path)
        if isinstance(old, List) and isinstance(new, List):
            return self._lists(old, new, path)
        if rules.matches(path, rules.REPLACED_BY_OTHER_FORM):
            return new
        if isinstance(old, Map | List) or isinstance(new, Map | List):
            self.problems.append(_clash(path[-1], old, new, at))
            return old
        return new

    def _lists(self, old: List, new: List, path: Path) -> List:
        merged = List(old.span)
        for items in (old, new):
            for value, at in items.placed():
                merged.put(value, at)
        return rules.without_repeats(merged, path)


def _clash(key: str, old: Value, new: Value, at: Span) -> Diagnostic:
    message = f"`{key}` is {_kind(new)} here and {_kind(old)} in an earlier file"
    advice = "write it in the same form, or put `!override` before it to replace the earlier one"
    return Diagnostic("merge-clash", message, at, advice)


def _kind(value: Value) -> str:
    if isinstance(value, Map):
        return "a map"
    return "a list" if isinstance(value, List) else "a single value"


def _settle(value: Value, known: dict[int, Value]) -> Value:
    """`value` itself where it holds no tag, so that a file without tags costs no copy."""
    if isinstance(value, Override):
        return _settle(value[0], known)
    if not isinstance(value, Map | List):
        return value
    if id(value) not in known:
        known[id(value)] = value
        known[id(value)] = _settled_box(value, known)
    return known[id(value)]


def _settled_box(box: Map | List, known: dict[int, Value]) -> Map | List:
    keys = list(box) if isinstance(box, Map) else range(len(box))
    values = [_settle(box[key], known) for key in keys]  # type: ignore[index]
    old = box.values() if isinstance(box, Map) else box
    if all(a is b and not isinstance(a, Reset) for a, b in zip(old, values, strict=True)):
        return box
    if isinstance(box, List):
        items = List(box.span)
        for value, at in zip(values, box.values_at, strict=True):
            if not isinstance(value, Reset):
                items.put(value, at)
        return items
    pairs = dict(zip(box, values, strict=True))
    return box.replaced(pairs).only(k for k, v in pairs.items() if not isinstance(v, Reset))
