"""The overrides that stand, and the operation that writes one. Pure.

It is written on the interface itself, in its alias: the kernel keeps it for as long as there is
that interface, whatever becomes of the runtime.
"""

from __future__ import annotations

from dataclasses import replace

from conlink_compose.reconcile.override import NONE, Override, as_text, of_text
from conlink_compose.state import LONGEST_ALIAS, OVERRIDE, End, Interface, Operation, State


class OverrideError(Exception):
    """It cannot be. The message is a sentence for the user."""


def overrides(actual: State) -> dict[End, Override]:
    """Of each interface that has one. What cannot be read counts as nothing."""
    found = {one.end: _read(one) for one in actual.interfaces() if one.owned and one.override}
    return {end: override for end, override in found.items() if override != NONE}


def _read(interface: Interface) -> Override:
    try:
        return of_text(interface.override or "")
    except (ValueError, KeyError, TypeError):
        return NONE


def operation(end: End, override: Override, desired: State, actual: State) -> Operation:
    """What writes it on the interface; an empty one takes it off.

    Raises `OverrideError` where there is no such interface, or no room for it.
    """
    now = actual.interface(end.key)
    if desired.interface(end.key) is None:
        raise OverrideError(f"{end.netns} has no link {end.name}{_others(end, desired)}")
    if now is None or not now.owned:
        raise OverrideError(f"{end} is not there yet")
    text = as_text(override)
    if len(f"{OVERRIDE}{text}".encode()) > LONGEST_ALIAS:
        raise OverrideError(f"this is too long to be kept on {end}; write it into the file")
    return Operation("change", replace(now, override=text), "is asked for", before=now)


def _others(end: End, desired: State) -> str:
    names = [one.name for one in desired.interfaces() if one.netns == end.netns]
    return f"; it has {', '.join(names)}" if names else ""
