"""The runtime as the supervisor's child: started beside the hub, and again whenever it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from conlink_compose.engines.sandbox.folder import RUNTIME_LOG
from conlink_compose.engines.sandbox.supervisor.restart import ALWAYS, RUNTIME, Ended, next_delay
from conlink_compose.ipc.loop import Loop

_GRACE = 2.0  # seconds to end by itself
_LOG_LIMIT = 10 << 20  # bytes; looked at before each start

_log = logging.getLogger(__name__)


class RuntimeProcess:
    """An empty `argv` is no runtime at all."""

    def __init__(self, argv: Sequence[str], folder: Path, loop: Loop) -> None:
        self._argv, self._folder, self._loop = list(argv), folder, loop
        self._pid: int | None = None
        self._delay = 0.0
        self._restarts = 0
        self._then: Callable[[], None] | None = None

    def start(self) -> None:
        if not self._argv or self._then:
            return
        self._began = time.monotonic()
        try:
            self._pid = self._spawn()
        except OSError as error:
            _log.error("cannot start %s: %s", self._argv[0], error.strerror)
            (self._folder / RUNTIME_LOG).write_text(
                f"cannot start {self._argv[0]}: {error.strerror}\n"
            )
            self._restart(127)
        else:
            _log.info("the runtime runs as pid %d", self._pid)
            self._loop.on_exit(self._pid, self._ended)

    def stop(self, then: Callable[[], None]) -> None:
        """End it, for good; `then` is called when it is gone."""
        self._then = then
        if self._pid is None:
            self._loop.soon(then)
            return
        self._signal(signal.SIGTERM)
        self._loop.call_in(_GRACE, lambda: self._signal(signal.SIGKILL))

    def _spawn(self) -> int:
        log = self._folder / RUNTIME_LOG
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.rename(log.with_name(f"{RUNTIME_LOG}.1"))
        append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        return os.posix_spawnp(
            self._argv[0],
            self._argv,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsigdef=[signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ],
        )

    def _ended(self, code: int) -> None:
        self._pid = None
        if self._then:
            self._then()
        else:
            self._restart(code)

    def _restart(self, code: int) -> None:
        ended = Ended(code, time.monotonic() - self._began, self._delay, self._restarts)
        self._delay = next_delay(ALWAYS, ended, RUNTIME) or 0.0
        self._restarts += 1
        _log.warning("the runtime ended with %d; again in %.1f s", code, self._delay)
        self._loop.call_in(self._delay, self.start)

    def _signal(self, number: int) -> None:
        # Its pid cannot be another's: it stays ours until `_ended` has forgotten it.
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)
