"""One life of a node: from the fork of its PID 1 until that is reaped."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conlink_compose import topology
from conlink_compose.engines import CommandStatus
from conlink_compose.engines.sandbox.child.spawn import Descriptors, NodeSpec, be_command, be_node
from conlink_compose.engines.sandbox.logs.file import LogFile
from conlink_compose.engines.sandbox.logs.pump import Pump
from conlink_compose.engines.sandbox.supervisor.context import Context
from conlink_compose.engines.sandbox.supervisor.fork import fork_into, fork_into_new, open_pipes
from conlink_compose.ipc.loop import Timer

_NUMBERS = itertools.count(1)
_ENDS_BY_DEFAULT = frozenset(
    {signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2}
)


@dataclass(slots=True)
class _RunningCommand:
    argv: tuple[str, ...]
    exit_code: int | None = None


class Life:
    """`stage` is created, waiting (made, at the gate) or running. `on_stage` is called when it
    moves, `on_end` with the exit code when all of it is over. `problem` says why it failed."""

    def __init__(
        self,
        spec: NodeSpec,
        log: LogFile,
        context: Context,
        on_stage: Callable[[], None],
        on_end: Callable[[int], None],
    ) -> None:
        """Raises `OSError` where the machine has no room for another process."""
        self.spec = spec
        self.stage = "created"
        self.problem: str | None = None
        self.started_at: float | None = None
        self.began = time.monotonic()
        self._log, self._context = log, context
        self._on_stage, self._on_end = on_stage, on_end
        self._commands: list[_RunningCommand] = []
        self._pumps: list[Pump] = []
        self._status_rest = b""
        self._about_to_exec = False
        self._kill_timer: Timer | None = None
        self._id = str(next(_NUMBERS))
        self._fork()

    def _fork(self) -> None:
        with open_pipes(4) as pipes:
            out, err, status, go = pipes
            ends = Descriptors(out.writer, err.writer, status.writer, go.reader)
            own = self._context.own_pidfd
            self.pid, self.pidfd = fork_into_new(own, lambda: be_node(self.spec, ends))
            pipes.keep(out.reader, err.reader, status.reader, go.writer)
        self._status, self._go = status.reader, go.writer
        self._pump(out.reader, "stdout")
        self._pump(err.reader, "stderr")
        os.set_blocking(self._status, False)
        self._context.loop.watch(self._status, self._read_status)
        self._context.loop.on_exit(self.pid, self._over)

    @property
    def has_namespaces(self) -> bool:
        return self.stage != "created"

    @property
    def shown(self) -> topology.Life | None:
        """As others know it, once it has namespaces."""
        return topology.Life(self._id, f"/proc/{self.pid}/ns/net") if self.has_namespaces else None

    @property
    def is_held(self) -> bool:
        """It waits for `release`."""
        return self._go >= 0

    @property
    def commands(self) -> tuple[CommandStatus, ...]:
        return tuple(CommandStatus(c.argv, c.exit_code) for c in self._commands)

    def release(self) -> None:
        """What it depends on has started; only the gate holds it back now."""
        if self._go >= 0:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._go, b"g")
            os.close(self._go)
            self._go = -1

    def stop(self, number: int, grace: float) -> None:
        """Signal it, and kill it after `grace` seconds. It ends through `on_end`. Said again, the
        new grace holds."""
        if self.stage != "running" or grace <= 0 or self._is_deaf_to(number):
            self.kill()
            return
        self.signal(number)
        if self._kill_timer:
            self._kill_timer.cancel()
        self._kill_timer = self._context.loop.call_in(grace, self.kill)

    def kill(self) -> None:
        """The kernel ends everything in its pid namespace with it."""
        self.signal(signal.SIGKILL)

    def run(self, argv: Sequence[str]) -> None:
        """Start a command beside its process. Raises `OSError`."""
        with open_pipes(2) as pipes:
            out, err = pipes
            pid = fork_into(
                self._context.own_pidfd,
                self.pidfd,
                lambda: be_command(self.pidfd, argv, self.spec, (out.writer, err.writer)),
            )
            pipes.keep(out.reader, err.reader)
        command = _RunningCommand(tuple(argv))
        self._commands.append(command)
        pumps = (self._pump(out.reader, "stdout"), self._pump(err.reader, "stderr"))
        self._context.loop.on_exit(pid, lambda code: self._command_over(command, pumps, code))

    def _command_over(self, command: _RunningCommand, pumps: Sequence[Pump], code: int) -> None:
        for pump in pumps:  # whom it left in the background may write on
            pump.catch_up()
        command.exit_code = code
        self._context.changed(False)

    def _pump(self, fd: int, stream: str) -> Pump:
        pump = Pump(self._context.loop, self._log, fd, stream)
        self._pumps = [*(known for known in self._pumps if known.is_open), pump]
        return pump

    def signal(self, number: int) -> None:
        """To its first process."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, number)

    def _is_deaf_to(self, number: int) -> bool:
        """The kernel drops a signal to PID 1 of a pid namespace that has no handler for it: to
        wait would be in vain, and to any other process that signal would be the end."""
        if number not in _ENDS_BY_DEFAULT:
            return False
        with contextlib.suppress(OSError, ValueError):
            status = Path(f"/proc/{self.pid}/status").read_text()
            fields = dict(line.split(":", 1) for line in status.splitlines())
            masks = (int(fields[name], 16) for name in ("SigBlk", "SigIgn", "SigCgt"))
            return not any(mask >> (number - 1) & 1 for mask in masks)
        return False

    def _read_status(self) -> None:
        data = os.read(self._status, 1 << 16)
        if not data:
            self._close_status()
            if self._about_to_exec and not self.problem:
                self._enter_stage("running")
            return
        *lines, self._status_rest = (self._status_rest + data).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))

    def _obey(self, message: dict[str, str]) -> None:
        if "problem" in message:
            self.problem = message["problem"]
        elif message["stage"] == "made":
            self._enter_stage("waiting")
        elif message["stage"] == "exec":
            self._about_to_exec = True

    def _enter_stage(self, stage: str) -> None:
        self.stage = stage
        if stage == "running":
            self.started_at = time.time()
            self.began = time.monotonic()
        self._on_stage()

    def _close_status(self) -> None:
        if self._status >= 0:
            self._context.loop.watch(self._status, None)
            os.close(self._status)
            self._status = -1

    def _over(self, code: int) -> None:
        # With PID 1 every writer of the pipes is dead, so that they are at their end.
        with contextlib.suppress(BlockingIOError):
            while self._status >= 0:
                self._read_status()
        self._close_status()
        for pump in self._pumps:
            pump.finish()
        if self._kill_timer:
            self._kill_timer.cancel()
        self.release()
        os.close(self.pidfd)
        self._on_end(code)
