"""Make a project be what its files say, whatever state it is in."""

from __future__ import annotations

import time
from collections.abc import Sequence

from conlink_compose.engines import Changes, EngineUnreachableError, Wanted
from conlink_compose.engines.sandbox import SilentError, StoppingError
from conlink_compose.engines.sandbox.client.control import Control
from conlink_compose.engines.sandbox.client.start import start

PATIENCE = 30.0
"""Seconds for a project that is being taken down to be gone."""


def up(project: str, runtime_argv: Sequence[str], wanted: Wanted) -> Changes:
    """Start the supervisor of `project` where there is none, and make it be what is `wanted`.
    Where somebody takes it down at this moment, that is waited for, and all is begun anew.

    Raises `SandboxError`, and `EngineUnreachableError` where the supervisor does not answer.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        folder = start(project, runtime_argv)
        try:
            return Control(folder).apply(wanted)
        except SilentError:
            raise
        except (StoppingError, EngineUnreachableError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
