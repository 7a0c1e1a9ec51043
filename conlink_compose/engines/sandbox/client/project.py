"""The command line's side of the sandbox: one project by its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.engines import (
    Changes,
    Command,
    EngineUnreachableError,
    Lifecycle,
    LogLine,
    NodeProcess,
    NodeStatus,
    Processes,
    Wanted,
)
from conlink_compose.engines.sandbox import SilentError
from conlink_compose.engines.sandbox.child.user import ROOT, only_user
from conlink_compose.engines.sandbox.client.control import Control, Entrance
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.enter import Program, run_in, start_in
from conlink_compose.engines.sandbox.client.processes import processes_of
from conlink_compose.engines.sandbox.client.reach import answers, out_of_reach, reachable, told_of
from conlink_compose.engines.sandbox.client.runtime import ask
from conlink_compose.engines.sandbox.client.up import up
from conlink_compose.engines.sandbox.folder import state_folder
from conlink_compose.engines.sandbox.sysctl_probe import refused_sysctls
from conlink_compose.engines.sandbox.unhonoured import sandbox_warnings
from conlink_compose.engines.sandbox.users import user_problems
from conlink_compose.workload import User


class SandboxProject:
    """A `Project`, its `Lifecycle` and its `Processes`. Raises `SandboxError` for a bad name, and
    where the folder of that name is somebody else's."""

    compose = None
    is_of_this_kernel = True
    is_of_this_machine = True

    def __init__(self, name: str) -> None:
        self.name = name
        folder = state_folder(name)
        self._folder = folder if answers(folder) else reachable(name) or folder
        self._control = Control(self._folder)

    @property
    def lifecycle(self) -> Lifecycle:
        return self

    @property
    def processes(self) -> Processes:
        return self

    def unhonoured(self, document: Document) -> list[Diagnostic]:
        return [
            *sandbox_warnings(document),
            *refused_sysctls(document),
            *user_problems(document, only_user()),
        ]

    def is_up(self) -> bool:
        if answers(self._folder):
            return True
        if lost := out_of_reach(self.name):
            raise EngineUnreachableError(told_of(lost))
        return False

    def up(self, wanted: Wanted) -> Changes:
        runtime = ["-m", "conlink_compose.runtime", "sandbox", str(self._folder)]
        # -P: a json.py in the folder the user happens to stand in is not ours.
        return up(self.name, [sys.executable, "-P", *runtime], wanted)

    def foresee(self, wanted: Wanted) -> Changes:
        return self._control.foresee(wanted)

    def nodes(self) -> Sequence[NodeStatus]:
        return self._control.nodes()

    def last_words(self, node: str, lines: int) -> Sequence[str]:
        return [line.text for line in self._control.logs(tail=lines, nodes=[node])]

    def ask(self, verb: str, **fields: object) -> dict[str, Any]:
        try:
            return ask(self._folder, verb=verb, **fields)
        except SilentError:
            raise
        except EngineUnreachableError as error:
            if silent := self._control.silence():  # the runtime waits for it, and is not to blame
                raise silent from error
            raise

    def down(self, timeout: float | None = None) -> bool:
        return down(self.name, timeout)

    def run_in(self, node: str, command: Command) -> int:
        entrance = self._control.enter(node)
        program = Program(
            node,
            command.argv,
            {**entrance.environment, **command.environment},
            command.working_dir or entrance.working_dir,
            *_who(entrance, command.user),
        )
        try:
            return (start_in if command.detach else run_in)(entrance.pidfd, program)
        finally:
            os.close(entrance.pidfd)

    def logs(
        self, *, follow: bool = False, tail: int | None = None, nodes: Sequence[str] = ()
    ) -> Iterator[LogLine]:
        return self._control.logs(follow=follow, tail=tail, nodes=nodes)

    def top(self, nodes: Sequence[str]) -> Iterator[NodeProcess]:
        for node in nodes:
            entrance = self._control.enter(node)
            try:
                yield from processes_of(node, entrance.pidfd)
            finally:
                os.close(entrance.pidfd)

    def restart(self, nodes: Sequence[str], timeout: float | None = None) -> None:
        self._control.restart(nodes, timeout)

    def start(self, nodes: Sequence[str]) -> None:
        self._control.start_nodes(nodes)

    def stop(self, nodes: Sequence[str], timeout: float | None = None) -> None:
        self._control.stop_nodes(nodes, timeout)

    def kill(self, nodes: Sequence[str], number: int) -> None:
        self._control.kill(nodes, number)


def _who(entrance: Entrance, name: str | None) -> tuple[User, str | None]:
    """Whom a command runs as, the service's own user where none is named; and HOME, where that is
    not the user's own."""
    alone = only_user() is not None
    if name is None:
        user = ROOT if alone else entrance.user
    else:
        user = User(name, () if alone else entrance.user.groups)
    return user, entrance.home if user.name in ("", "0", "root") else None
