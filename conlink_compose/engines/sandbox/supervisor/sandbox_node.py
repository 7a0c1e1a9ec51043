"""A node: its workload, its present life, and what follows when that ends."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from conlink_compose.engines import NodeStatus
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.child.spawn import NodeSpec
from conlink_compose.engines.sandbox.folder import LOGS
from conlink_compose.engines.sandbox.logs.file import SUFFIX, LogFile
from conlink_compose.engines.sandbox.supervisor.context import Context
from conlink_compose.engines.sandbox.supervisor.life import Life
from conlink_compose.engines.sandbox.supervisor.restart import (
    ALWAYS,
    HOSTS,
    SERVICES,
    Ended,
    next_delay,
)
from conlink_compose.ipc.loop import Timer
from conlink_compose.workload import Workload

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LONGEST_HOSTNAME = 64  # bytes, __NEW_UTS_LEN
_HOSTS, _HOSTNAMES = "hosts", "hostnames"  # folders, with a file for each node

_log = logging.getLogger(__name__)


class SandboxNode:
    """`on_change` is called whenever it moved on; `has_started` stays once its process ran."""

    def __init__(
        self,
        name: str,
        replica: int,
        workload: Workload,
        context: Context,
        on_change: Callable[[SandboxNode], None],
    ) -> None:
        self.name, self.replica, self.workload = name, replica, workload
        self.life: Life | None = None
        self.has_started = False
        self._context, self._on_change = context, on_change
        self._log_file = LogFile(context.folder / LOGS / f"{name}{SUFFIX}", name, context.wrote)
        self._rest_state = "created"  # while it has no life
        self._is_wanted = True
        self._may_restart = True
        self._restarts = 0
        self._delay = 0.0
        self._exit_code: int | None = None
        self._problem: str | None = None
        self._timer: Timer | None = None

    @property
    def state(self) -> str:
        return self.life.stage if self.life else self._rest_state

    @property
    def is_at_rest(self) -> bool:
        """It has no life, and will begin none by itself."""
        return self.life is None and self._timer is None

    @property
    def is_held(self) -> bool:
        """It has a life that has not been released yet."""
        return self.life is not None and self.life.is_held

    @property
    def is_stopping(self) -> bool:
        return self.life is not None and not self._is_wanted

    @property
    def _is_host(self) -> bool:
        """A namespace and nothing that runs in it: it has no policy, and whatever ends it, it is to
        be there."""
        return self.workload.owner.kind == "host"

    def become(self, workload: Workload) -> None:
        """Its next life, which is to begin now, is of `workload`."""
        self.workload = workload
        self.has_started = False
        self.expect_start()

    def expect_start(self) -> None:
        """It is about to begin anew: how it ended before is nobody's affair any more."""
        self._rest_state = "created"
        self._exit_code = self._problem = None

    def start(self, cause: str) -> None:
        """Begin anew: what earlier lives left in the counters is forgotten."""
        self._restarts, self._delay, self._may_restart = 0, 0.0, True
        self._begin(cause)

    def stop(self, grace: float | None = None) -> None:
        """End its life, if it has one, and begin no other. `grace` None is the workload's own."""
        self._is_wanted = False
        self._cancel_timer()
        if self.life:
            seconds = self.workload.stop_grace if grace is None else grace
            self.life.stop(self.workload.stop_signal, seconds)
        elif self._rest_state == "restarting":
            self._rest_state = "exited"

    def kill(self, number: int) -> None:
        """As `docker kill`: after the signals that are meant to end it, it begins no other life."""
        if number in (signal.SIGKILL, self.workload.stop_signal):
            self._may_restart = False
        if self.life:
            self.life.signal(number)

    def run(self, argv: Sequence[str]) -> None:
        """Raises `SandboxError`."""
        if self.life is None or not self.life.has_namespaces:
            raise SandboxError(f"{self.name} is not running ({self.state})")
        try:
            self.life.run(argv)
        except OSError as error:
            raise SandboxError(f"cannot run a command in {self.name}: {error.strerror}") from error

    def _spec(self) -> NodeSpec:
        """What its next life is made of."""
        workload = self.workload
        hostname = (workload.hostname or self.name)[:_LONGEST_HOSTNAME]
        base = {"PATH": _PATH, "HOSTNAME": hostname, "TERM": "xterm"}
        prefix = "mininet" if self._is_host else "conlink"
        return NodeSpec(
            name=self.name,
            hostname=hostname,
            title=f"{prefix}:{self.name}",
            argv=workload.argv,
            environment={**base, **dict(workload.environment)},
            working_dir=workload.working_dir or "/",
            user=workload.user,
            home=self._context.home,
            mounts=workload.mounts,
            sysctls=() if self._is_host else workload.sysctls,
            kept=workload.sysctls if self._is_host else (),
            files=((self.hosts_path, "/etc/hosts"), (self._hostname_path, "/etc/hostname")),
            nofile=self._context.nofile,
            gate=workload.gate,
        )

    def write_hosts(self, text: str | None) -> None:
        """Rewrite its /etc/hosts in place: a bind mount shows the inode, so that must stay."""
        path = self.hosts_path
        if text is None and path.exists():
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(text if text is not None else "127.0.0.1\tlocalhost\n::1\tlocalhost\n")

    def remove_files(self) -> None:
        self._log_file.remove()
        self.hosts_path.unlink(missing_ok=True)
        self._hostname_path.unlink(missing_ok=True)

    def status(self, waits_in_vain_for: str | None = None) -> NodeStatus:
        life = self.life
        vain = f"{self.name} waits for {waits_in_vain_for}, which did not start"
        problem = life.problem if life else self._problem
        return NodeStatus(
            name=self.name,
            owner=self.workload.owner,
            replica=self.replica,
            state=self.state,
            life=life.shown if life else None,
            exit_code=None if life else self._exit_code,
            restarts=self._restarts,
            started_at=life.started_at if life else None,
            commands=life.commands if life else (),
            problem=problem or (vain if waits_in_vain_for else None),
        )

    @property
    def hosts_path(self) -> Path:
        return self._context.folder / _HOSTS / self.name

    @property
    def _hostname_path(self) -> Path:
        return self._context.folder / _HOSTNAMES / self.name

    def _begin(self, cause: str) -> None:
        self._cancel_timer()
        self._is_wanted = True
        self._exit_code = self._problem = None
        try:
            spec = self._spec()
            self._log_file.open()
            self.write_hosts(None)
            self._hostname_path.parent.mkdir(exist_ok=True)
            self._hostname_path.write_text(f"{spec.hostname}\n")
            self.life = Life(spec, self._log_file, self._context, self._staged, self._ended)
        except OSError as error:
            self._fail(f"{self.name}: the machine has no room for it: {error.strerror}")
        else:
            _log.debug("%s: a life begins as pid %d: %s", self.name, self.life.pid, cause)
        self._context.changed(False)

    def _staged(self) -> None:
        assert self.life
        self.has_started = self.has_started or self.life.stage == "running"
        self._context.changed(self.life.stage == "waiting")
        self._on_change(self)

    def _ended(self, code: int) -> None:
        life, self.life = self.life, None
        assert life
        cause = life.problem or ("by itself" if self._is_wanted else "it was stopped")
        seconds = time.monotonic() - life.began
        _log.debug("%s: that life ended with %d, %.1f s: %s", self.name, code, seconds, cause)
        self._exit_code, self._rest_state = code, "exited"
        if life.problem:
            self._fail(life.problem)
        elif self._is_wanted and life.stage == "created" and not self._is_host:
            self._fail(f"{self.name}: its first process ended with {code} before it was made")
        elif self._is_wanted:
            lived = seconds if life.started_at else 0.0
            self._restart_if_wanted(Ended(code, lived, self._delay, self._restarts))
        self._context.changed(True)
        self._on_change(self)

    def _fail(self, problem: str) -> None:
        """A node that cannot start is not tried again: nothing would differ."""
        self._problem, self._rest_state = problem, "failed"
        _log.warning("%s", problem)
        # In the log its name stands before every line already.
        self._log_file.write("engine", [problem.removeprefix(self.name).lstrip(": ")])

    def _restart_if_wanted(self, ended: Ended) -> None:
        policy, pace = (ALWAYS, HOSTS) if self._is_host else (self.workload.restart, SERVICES)
        delay = next_delay(policy, ended, pace)
        if delay is not None and (self._may_restart or self._is_host):
            self._delay, self._rest_state = delay, "restarting"
            self._timer = self._context.loop.call_in(delay, self._restart)

    def _restart(self) -> None:
        self._restarts += 1
        whose = "a host's" if self._is_host else "its restart policy's"
        self._begin(f"restart {self._restarts}, {whose}")
        self._on_change(self)

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
