"""Start the supervisor of a project, from the CLI's process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import conlink_compose
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.reach import (
    answers,
    out_of_reach,
    reachable,
    told_of,
)
from conlink_compose.engines.sandbox.client.supervisors import MODULE, supervisors
from conlink_compose.engines.sandbox.supervisor.hub import SUPERVISOR_LOG

_PATIENCE = 30.0  # seconds
_PAUSE = 0.02


def start(project: str, runtime_argv: Sequence[str]) -> Path:
    """The state folder, once a supervisor answers in it; at once where one does already.

    `runtime_argv` is what it runs beside the hub and starts again whenever it ends; empty for
    nothing. Raises `SandboxError` with the reason.
    """
    deadline = time.monotonic() + _PATIENCE
    while not answers(folder := state.make_state_folder(project)):
        if there := reachable(project):
            return there
        if lost := out_of_reach(project):
            raise SandboxError(told_of(lost))
        if time.monotonic() > deadline:
            raise SandboxError(f"the supervisor of {project} lives and does not answer in {folder}")
        if is_alive(folder) or supervisors(project):  # it starts or ends just now
            time.sleep(_PAUSE)
        else:
            _spawn(folder, runtime_argv)
    return folder


def is_alive(folder: Path) -> bool:
    """Whether a supervisor holds the folder, in whatever state it is."""
    try:
        lock = state.take_lock(folder)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise SandboxError(f"cannot use the folder {folder}: {error.strerror}") from error
    if lock is not None:
        os.close(lock)
    return lock is None


def _spawn(folder: Path, runtime_argv: Sequence[str]) -> None:
    package_root = str(Path(conlink_compose.__file__).parent.parent)
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
    child = subprocess.Popen(
        # -P: a json.py in the folder the user happens to stand in is not ours.
        [sys.executable, "-P", "-m", MODULE, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
        text=True,
    )
    settings = json.dumps({"runtime_argv": list(runtime_argv)})
    try:
        said, complaint = child.communicate(settings, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        raise SandboxError("the supervisor did not come up in 30 seconds") from None
    _judge(folder, said, complaint)


def _judge(folder: Path, said: str, complaint: str) -> None:
    with contextlib.suppress(ValueError):
        answer = json.loads(said)
        if "problem" in answer:
            raise SandboxError(answer["problem"])
        return  # it stands, or another was quicker
    with contextlib.suppress(OSError), (folder / SUPERVISOR_LOG).open("a") as log:
        log.write(complaint)
    raise SandboxError(f"the supervisor did not come up: see {folder / SUPERVISOR_LOG}")
