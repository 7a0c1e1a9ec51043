"""What the user asked for: which compose files, which project, in which environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """The words of a command line that say what to read, and where it was typed.

    `environ` is the process's environment, `working_directory` an absolute path. What is empty
    or None is found as Compose finds it.
    """

    environ: Mapping[str, str]
    working_directory: str
    files: tuple[str, ...] = ()
    project_name: str | None = None
    project_directory: str | None = None
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
