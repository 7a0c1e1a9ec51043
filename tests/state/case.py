"""What a row says of an object of the kernel, and what can happen to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conlink_compose.state import Key, Thing

HAPPENS = {
    "add": ("add",),
    "change": ("change",),
    "replace": ("remove", "add"),
    "remove": ("remove",),
    "conflict": (),
    "drift": ("change",),
    "taken away": ("add",),
}
"""What can happen to an object, and what is done to it then."""

Attributes = Mapping[str, object]


@dataclass(frozen=True)
class ByHand:
    """What somebody does in the object's namespace, and what is seen of it then.

    `seen` are the attributes that become others; `things` are of somebody else.
    """

    words: str
    seen: Attributes = field(default_factory=dict)
    things: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class Case:
    """An object of the network in `plans/NAME/add.yaml`.

    `without.yaml` is that network without it, `change.yaml` another in which it is changed in
    place, `replace.yaml` one in which it is made anew. `look` is a program of others that tells of
    it, in its namespace. `undeclared` is what the kernel has of it where it is not declared.
    `never` tells why something of `HAPPENS` never happens to it, `done` what else is done to it
    than there. `lane` is that of a kernel that has it.
    """

    of: type[Thing]
    key: Key
    look: str
    drift: ByHand | None = None
    taken: ByHand | None = None
    foreign: ByHand | None = None
    undeclared: tuple[Thing, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lane: str = "root"


COMES = "the kernel makes it with what it belongs to"
IN_PLACE = "all of it is changed in place"
BARE = "it is there or it is not"
OURS = "nobody else's is seen there"
"""Why something never happens to one."""
