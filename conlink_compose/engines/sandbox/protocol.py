"""What goes over engine.sock, as messages of `conlink_compose.ipc`.

A refusal tells as `stopping` whether its reason is that the project is being stopped. `events` and
`stop` reply more than once. `enter` sends a pidfd along with its reply.
"""

from __future__ import annotations

from typing import Any, cast

from conlink_compose.engines import CommandStatus, NodeStatus
from conlink_compose.topology import Life, Owner, OwnerKind

MACHINE_FD = 99
"""The supervisor's descriptor of the network namespace that it was started in. Only root's has one:
another user may not do anything there."""

NAMESPACES = "namespaces"
EVERYTHING = "everything"
LOG = "log"
"""What `events` may tell of: nodes that came and went, every change of a status, a longer log."""


def status_data(status: NodeStatus) -> dict[str, Any]:
    """A status as plain data for JSON."""
    # By hand: `dataclasses.asdict` copies deeply, and took half of the supervisor's time.
    data = {name: getattr(status, name) for name in NodeStatus.__slots__}
    data["commands"] = [{"argv": c.argv, "exit_code": c.exit_code} for c in status.commands]
    return data


def status_from(data: dict[str, Any]) -> NodeStatus:
    """What `status_data` was made from."""
    kind, name = data["owner"]
    more = {
        "owner": Owner(cast("OwnerKind", kind), name),
        "life": Life(*data["life"]) if data["life"] else None,
        "commands": tuple(
            CommandStatus(tuple(command["argv"]), command["exit_code"])
            for command in data["commands"]
        ),
    }
    return NodeStatus(**{**data, **more})
