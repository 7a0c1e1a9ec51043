"""What happens to a command line of Compose: checked, completed, and handed over."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import Declared, Options, project_name, read_to_bring_up
from conlink_compose.cli.outcome import show_outcome
from conlink_compose.cli.wiring import wait_until_settled
from conlink_compose.cli.wrapper import words as words_of
from conlink_compose.cli.wrapper.words import Words
from conlink_compose.diagnostics import has_errors

if TYPE_CHECKING:
    from conlink_compose.engines import Compose

_STARTING = ("up", "create", "run", "start", "restart", "scale", "watch")
"""What makes or starts containers: checked first, and what is to be added is written anew."""

_WITHOUT_A_PROJECT = ("version", "help", "ls", "completion", "bridge", "publish", "alpha")
_ITSELF = ("config", "convert")
"""What shows the user's own files: nothing is added to them."""

WAIT_TIMEOUT = 60.0
"""Seconds for what does not come up."""


def run(words: Words) -> int:
    """The exit status; mostly this process becomes Compose."""
    from conlink_compose.engines import open_project

    for option, variable in (("--host", "DOCKER_HOST"), ("--context", "DOCKER_CONTEXT")):
        if given := words.last(option):
            os.environ[variable] = given
    options = _options(words)
    try:
        if words.verb in _STARTING:
            return _start(words, options)
        name = "" if words.verb in _WITHOUT_A_PROJECT else project_name(options)
        compose = open_project(options.engine, name or "none").compose
        assert compose
        if not name or words.verb in _ITSELF:
            compose.become([*words.passed, *_again(words), *_verb(words)])
        if words.verb == "down":
            return _down(words, compose, name, options)
        compose.become(_completed(words, compose, _files(options), name))
    except typer.Exit as ended:
        return ended.exit_code


def _options(words: Words) -> Options:
    return Options(
        words.all("--file"),
        words.last("--project-name"),
        words.last("--project-directory"),
        words.all("--env-file"),
        words.all("--profile"),
        "docker",
        words_of.scales(words.verb, words.rest),
    )


def _start(words: Words, options: Options) -> int:
    began = time.monotonic()
    declared = read_to_bring_up(options)
    compose = declared.project.compose
    assert compose
    document = declared.reading.document
    assert document
    problems = compose.add(declared.topology, document, console.say)
    console.show(problems, declared.reading.sources)
    if has_errors(problems):
        return exit_status.MISTAKES
    argv = _completed(words, compose, document.file_order, declared.topology.project)
    detached = words_of.flag(words.rest, "-d", "--detach") or "--wait" in words.rest
    if words.verb != "up" or not detached:
        compose.become(argv)
    code = compose.run(argv)
    return code or _settle(declared, words, began)


def _settle(declared: Declared, words: Words, began: float) -> int:
    """Wait until all links stand, and show them."""
    project = declared.project
    if not declared.topology.links:
        return exit_status.DONE
    timeout = words_of.value(words.rest, "--wait-timeout") or ""
    seconds = float(timeout) if timeout.isdecimal() else WAIT_TIMEOUT
    wiring = wait_until_settled(project, seconds, commands=False)
    show_outcome(project, wiring, time.monotonic() - began)
    return exit_status.DONE if wiring.settled and wiring.is_whole else exit_status.MISTAKES


def _down(words: Words, compose: Compose, name: str, options: Options) -> int:
    code = compose.run(_completed(words, compose, _files(options), name))
    if code == 0:
        compose.forget()
    return code


def _files(options: Options) -> tuple[str, ...]:
    """The files that Compose would read, be they without mistakes or not."""
    from conlink_compose.cli.context import read

    document = read(options).document
    return document.file_order if document else options.files


def _completed(words: Words, compose: Compose, files: tuple[str, ...], name: str) -> list[str]:
    """The words for Compose, with our file behind the user's, if there is one."""
    ours = compose.added()
    named = [word for file in (*files, *([ours] if ours else ())) for word in ("--file", file)]
    given = [*named, "--project-name", name] if ours else [*named]
    return [*words.passed, *given, *_again(words, ours is not None), *_verb(words)]


def _again(words: Words, completed: bool = False) -> list[str]:
    """The options that we read too."""
    said = ["--profile", "--env-file", "--project-directory"]
    said += [] if completed else ["--file", "--project-name"]
    return [word for option in said for value in words.all(option) for word in (option, value)]


def _verb(words: Words) -> list[str]:
    return [*([words.verb] if words.verb else []), *words.rest]
