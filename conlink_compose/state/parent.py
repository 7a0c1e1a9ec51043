"""What an interface waits for that lies on a parent."""

from __future__ import annotations

from typing import Any, Protocol

from conlink_compose.state.end import End
from conlink_compose.state.thing import OUT_OF_REACH, Conflict


class _Interface(Protocol):
    """What of the interface that lies on a parent is told here, or decides."""

    @property
    def end(self) -> End: ...
    @property
    def called(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def mtu(self) -> int | None: ...
    @property
    def up(self) -> bool | None: ...


def without_parent(one: _Interface, parent: End, wanted: Any, found: Any) -> Conflict | None:
    """What of its parent is missing, which is to be `wanted`, where it is ours, and is `found`."""
    waits = f"{one.called} waits for its parent: "
    if parent.netns == OUT_OF_REACH:
        return Conflict(
            f"{waits}{parent.called} is out of reach here",
            "run as root, or let `outer-dev` name a bridge or another link's outer-dev",
        )
    if wanted is None and found is None:
        return Conflict(
            f"{waits}there is no interface {parent.called}",
            f"it is made as soon as {parent.name} is there; or name another `outer-dev`",
        )
    if wanted is None and not found.up and _comes_up_with_it(one):
        return Conflict(
            f"{waits}{parent.called} is down", f"bring it up: ip link set {parent.name} up"
        )
    return _too_wide(one, parent, (wanted and wanted.mtu) or (found and found.mtu))


def _comes_up_with_it(one: _Interface) -> bool:
    """A vlan goes down and comes up with its parent, and is refused to come up before it
    (net/8021q/vlan_dev.c, vlan_dev_open). A macvlan has no carrier meanwhile."""
    return one.kind == "vlan" and one.up is True


def _too_wide(one: _Interface, parent: End, most: int | None) -> Conflict | None:
    """The kernel refuses it, or takes it back with the next change of the parent's MTU."""
    if one.mtu is None or most is None or one.mtu <= most:
        return None
    return Conflict(
        f"mtu {one.mtu} of {one.end.called} is above the {most} of its parent {parent.called}",
        f"choose at most {most}, or give the parent more",
    )
