"""Which files a request means, where its project lies, its name, variables and profiles."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.compose.env_file import read_env_file
from conlink_compose.compose.variables import substitute
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.reader import STDIN
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_LONGEST_PROJECT = 128
"""Characters: it names folders and containers, and is shown in every sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """The words of a command line that say what to read, and where it was typed.

    `environ` is the process's environment, `working_directory` an absolute path. What is empty
    or None is found as Compose finds it. `scales` are replicas of services that the command line
    asks for (`--scale web=3`), which win over what the files say. The profiles of a service that is
    `named` are active too. `containers_outside`: a link may lead to a container that is none of the
    project's.
    """

    environ: Mapping[str, str]
    working_directory: str
    files: tuple[str, ...] = ()
    project_name: str | None = None
    project_directory: str | None = None
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    scales: tuple[tuple[str, int], ...] = ()
    named: tuple[str, ...] = ()
    containers_outside: bool = False


@dataclass(frozen=True, slots=True)
class Located:
    """`files` as the user named them, from the working directory. `directory` is absolute."""

    files: tuple[str, ...]
    directory: str
    environment: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()


def locate(request: Request) -> Located:
    """Command line first, then the environment with `.env`, then the search, as Compose does."""
    environment = dict(request.environ)
    problems = _add_env_files(request, _directory(request, request.files), environment)
    files = request.files or _files_of_environment(environment)
    if not files:
        files, missing = _search(request.working_directory)
        problems += missing
    directory = _directory(request, files)
    # A file found in a parent folder, or by COMPOSE_FILE, brings the `.env` beside it.
    problems += _add_env_files(request, directory, environment)
    files, repeated = _each_once(files, request.working_directory)
    problems += repeated
    names = tuple(STDIN if name == "-" else name for name in files)
    return Located(names, directory, environment, tuple(dict.fromkeys(problems)))


def _each_once(files: tuple[str, ...], folder: str) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """A file that is named twice counts once, where it is named last: there it is the stronger."""
    last = {os.path.normpath(Path(folder, name)): number for number, name in enumerate(files)}
    once = tuple(files[number] for number in sorted(last.values()))
    if len(once) == len(files):
        return files, []
    twice = next(name for number, name in enumerate(files) if number not in last.values())
    message = f"the file {twice} is named twice; it counts once, where it is named last"
    return once, [Diagnostic("file-twice", message, None, None, Severity.WARNING)]


def _directory(request: Request, files: Iterable[str]) -> str:
    first = next((name for name in files if name != "-"), "")
    chosen = request.project_directory or os.path.dirname(first)  # noqa: PTH120
    return os.path.normpath(Path(request.working_directory, chosen))


def _files_of_environment(environment: Mapping[str, str]) -> tuple[str, ...]:
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    return tuple(name for name in environment.get("COMPOSE_FILE", "").split(separator) if name)


def _add_env_files(
    request: Request, directory: str, environment: dict[str, str]
) -> list[Diagnostic]:
    names = request.env_files or _env_files_of_environment(environment)
    problems: list[Diagnostic] = []
    if not names:
        hidden = environment.get("COMPOSE_DISABLE_ENV_FILE", "").lower() in ("1", "true")
        path = Path(directory, ".env")
        names = () if hidden or not path.is_file() else (_shown(path, request.working_directory),)
    found: dict[str, str] = {}
    for name in names:
        variables, wrong = read_env_file(name, request.working_directory, {**found, **environment})
        problems += wrong
        found.update({key: value for key, value in variables.items() if value is not None})
    for key, value in found.items():
        environment.setdefault(key, value)
    return problems


def _env_files_of_environment(environment: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in environment.get("COMPOSE_ENV_FILES", "").split(",") if name)


def _search(directory: str) -> tuple[tuple[str, ...], list[Diagnostic]]:
    start = Path(directory)
    for folder in (start, *start.parents):
        name = next((name for name in NAMES if (folder / name).is_file()), None)
        if name is None:
            continue
        more = next((name for name in OVERRIDES if (folder / name).is_file()), None)
        paths = [folder / name] + ([folder / more] if more else [])
        return tuple(_shown(path, directory) for path in paths), []
    message = "there is no compose file in this folder or in one above it"
    advice = f"name one with -f, or create {NAMES[0]}"
    return (), [Diagnostic("no-compose-file", message, None, advice)]


def _shown(path: Path, directory: str) -> str:
    return os.path.relpath(path, directory)


def project_name(
    asked: str | None, environment: Mapping[str, str], trees: Iterable[Map], directory: str
) -> tuple[str, list[Diagnostic]]:
    """The name, always one that Compose takes, and what was wrong with the one asked for."""
    chosen = asked or environment.get("COMPOSE_PROJECT_NAME")
    at: Span | None = None
    if not chosen:
        chosen, at = _name_in_files(trees, environment)
    if not chosen:
        return normalized(Path(directory).name)[:_LONGEST_PROJECT] or "default", []
    if len(chosen) > _LONGEST_PROJECT:
        message = f"a project's name has at most {_LONGEST_PROJECT} characters, this {len(chosen)}"
        return "default", [Diagnostic("bad-project-name", message, at, "choose a shorter one")]
    if _PROJECT_NAME.match(chosen):
        return chosen, []
    better = normalized(chosen)
    message = (
        f"`{chosen}` cannot name a project: lower-case letters, digits, `-` and `_` can, "
        "with a letter or a digit first"
    )
    advice = f"write `{better}`" if better else None
    return better or "default", [Diagnostic("bad-project-name", message, at, advice)]


def normalized(name: str) -> str:
    """`name` without what a project's name cannot hold. May be empty."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def _name_in_files(
    trees: Iterable[Map], environment: Mapping[str, str]
) -> tuple[str | None, Span | None]:
    chosen: tuple[str | None, Span | None] = None, None
    for tree in trees:
        value = tree.get("name")
        if value is not None and not isinstance(value, Map | List):
            chosen = substitute(as_text(value), environment)[0], tree.values_at["name"]
    return chosen


def chosen_profiles(asked: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, ...]:
    """`--profile`, else COMPOSE_PROFILES."""
    if asked:
        return asked
    words = environment.get("COMPOSE_PROFILES", "").split(",")
    return tuple(word.strip() for word in words if word.strip())
