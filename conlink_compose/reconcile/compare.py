"""Which declared attributes of an object differ from what is. Pure."""

from __future__ import annotations

from conlink_compose.state import KNOBS, Interface, Loopback, Route, Thing

COMPARED: dict[type, tuple[str, ...]] = {
    Interface: (
        "mac",
        "mtu",
        "up",
        "master",
        "held",
        *KNOBS,
    ),
    Loopback: ("up",),
    Route: ("interface", "via", "src", "onlink"),
}
"""The attributes that can be changed in place. An interface's kind and peer cannot."""


def differences(now: Thing, wanted: Thing) -> str:
    """In words, `mtu 1500 -> 1400, up no -> yes`; empty where all that is declared is so."""
    if now == wanted:
        return ""
    found = []
    if isinstance(now, Interface) and isinstance(wanted, Interface) and not now.owned:
        found.append("owner not ours -> ours")
    for name in COMPARED.get(type(wanted), ()):
        old, new = getattr(now, name), getattr(wanted, name)
        if name in KNOBS and old is None:
            continue  # the kernel was built without it, and tells nothing
        if _declared(wanted, new) and (old or None) != (new or None):
            found.append(f"{name} {_word(old)} -> {_word(new)}")
    return ", ".join(found)


def _declared(wanted: Thing, value: object) -> bool:
    """None of an interface is not declared; a route is declared as a whole."""
    return value is not None or isinstance(wanted, Route)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)
