"""What goes over engine.sock, as messages of `conlink_compose.ipc`.

A refusal tells as `stopping` whether its reason is that the project is being stopped. `events` and
`stop` reply more than once. `enter` sends a pidfd along with its reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NAMESPACES = "namespaces"
EVERYTHING = "everything"
LOG = "log"
"""What `events` may tell of: nodes that came and went, every change of a status, a longer log."""


@dataclass(frozen=True, slots=True)
class CommandStatus:
    """A command that was run in a node. `exit_code` is None while it runs."""

    argv: tuple[str, ...]
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """A node as the supervisor knows it.

    `state` is created (its namespaces are being made), waiting (at the gate, or for what it
    depends on), running, exited, restarting (until its next start) or failed (never started).
    `pid` is that of its first process in the project's pid namespace, None without namespaces.
    `exit_code` is as a shell's: 128 + signal. `started_at` is in seconds since the epoch.
    `problem` is a sentence.
    """

    name: str
    owner: tuple[str, str]
    index: int
    state: str
    pid: int | None = None
    exit_code: int | None = None
    restarts: int = 0
    started_at: float | None = None
    commands: tuple[CommandStatus, ...] = ()
    problem: str | None = None

    def to_data(self) -> dict[str, Any]:
        # By hand: `dataclasses.asdict` copies deeply, and took half of the supervisor's time.
        data = {name: getattr(self, name) for name in self.__slots__}
        data["commands"] = [{"argv": c.argv, "exit_code": c.exit_code} for c in self.commands]
        return data

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> NodeStatus:
        kind, name = data["owner"]
        commands = tuple(
            CommandStatus(tuple(command["argv"]), command["exit_code"])
            for command in data["commands"]
        )
        return cls(**{**data, "owner": (kind, name), "commands": commands})
