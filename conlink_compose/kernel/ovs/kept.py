"""One program of Open vSwitch, kept running: whether it ends or hangs, it is started again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from conlink_compose.kernel.ovs.pulse import Pulse, Question
from conlink_compose.linux.parent import end_with_parent
from conlink_compose.pace import Pace

_PACE = Pace(0.1, 5.0, 10.0)
_GRACE = 2.0
"""Seconds to end by itself."""


class Kept:
    """`folder` has the socket that `question` is asked by."""

    def __init__(
        self, words: Sequence[str], environ: Mapping[str, str], folder: str, question: Question
    ) -> None:
        self._words, self._environ = words, environ
        self._folder, self._question = folder, question
        self._process: subprocess.Popen[bytes] | None = None
        self._pulse: Pulse | None = None
        self._began = self._not_before = self._pause = 0.0

    def see_to_it(self) -> None:
        """To be called ten times a second. Never waits."""
        now = time.monotonic()
        if self._process and self._process.poll() is not None:
            say(f"{self._words[0]} ended with {self._process.returncode}")
            self._pause = _PACE.pause(self._pause, now - self._began)
            self._forget()
            self._not_before = now + self._pause
        elif self._process and self._pulse and self._pulse.is_lost():
            say(f"{self._words[0]} does not answer any more, and is ended")
            self._process.kill()
            self._pulse.close()
            self._pulse = None
        elif self._process is None and now >= self._not_before:
            self._start(now)

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._forget()

    def _start(self, now: float) -> None:
        self._began = now
        self._process = subprocess.Popen(
            self._words,
            env={**os.environ, **self._environ},
            stdin=subprocess.DEVNULL,
            # Nobody would start them again who are left alone: so they go, and all begins anew.
            preexec_fn=end_with_parent,  # noqa: PLW1509 -- there is one thread
        )
        self._pulse = Pulse(self._process.pid, self._folder, self._question)

    def _forget(self) -> None:
        if self._pulse:
            self._pulse.close()
        self._process = self._pulse = None


def say(sentence: str) -> None:
    print(f"conlink-compose: {sentence}", file=sys.stderr, flush=True)
