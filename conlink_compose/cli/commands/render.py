"""`conlink-compose render`"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import Options, options_of, read
from conlink_compose.cli.standard_input import read_ahead
from conlink_compose.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document

_MARK = "# Rendered by conlink-compose from "
_REMARK = """{mark}{files}.
# The network is in the environment of the services that were added: edit those files and render
# again. An x-conlink in this one is not read.
"""


def render(
    context: typer.Context,
    diff: Annotated[bool, typer.Option("--diff", help="Only what would be added.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to; else to stdout.")
    ] = None,
) -> None:
    """Write one compose file that Compose by itself brings up, with its network.

    One file stays as it is, byte for byte, with the network's services added; no Docker is needed.
    Several, and what they include or extend, are put together by `docker compose config` first.

    \b
    Examples:
      conlink-compose render > out.yaml && docker compose -f out.yaml up
      conlink-compose -f lab.yaml render --diff
    """
    from conlink_compose.render.document import diff as difference

    name, before, after = _rendered(options_of(context))
    text = difference(before, after, name) if diff else after
    if output:
        output.write_bytes(text.encode())
    else:
        sys.stdout.buffer.write(text.encode())


def _rendered(options: Options) -> tuple[str, str, str]:
    """The name of the one text, it, and the same with the network; or the mistakes and the end."""
    from conlink_compose.image.build import IMAGE
    from conlink_compose.reconcile.support import unsupported
    from conlink_compose.render.document import render as rendered
    from conlink_compose.render.injected import SOCKET, Surroundings

    standard_input = read_ahead() if "-" in options.files else b""
    reading = read(options)
    document, topology = reading.document, reading.topology
    found = [*reading.diagnostics, *(unsupported(topology) if topology else ())]
    console.show(found, reading.sources)
    if document is None or topology is None or has_errors(found):
        raise typer.Exit(exit_status.MISTAKES)
    name, text = _one_text(document, options, standard_input)
    if text.startswith(_MARK):
        return name, text, text
    around = Surroundings(
        IMAGE,
        socket=os.environ.get("CONLINK_SOCKET") or SOCKET,
        log_format=os.environ.get("CONLINK_LOG_FORMAT", "text"),
    )
    after, problems = rendered(text, name, topology, around)
    console.show(problems, {name: text})
    if after is None or has_errors(problems):
        raise typer.Exit(exit_status.MISTAKES)
    if after != text and name not in document.sources:
        after = _REMARK.format(mark=_MARK, files=", ".join(document.sources)) + after
    return name, text, after


def _one_text(document: Document, options: Options, standard_input: bytes) -> tuple[str, str]:
    """What the file is called, and its text as it is: the user's, else Compose's own."""
    from conlink_compose.document.reader import STDIN

    if len(document.sources) == 1:
        (name,) = document.sources
        data = standard_input if name == STDIN else Path(name).read_bytes()
        return name, data.decode()
    if STDIN in document.sources:
        message = "the standard input cannot be rendered together with other files"
        problem = Diagnostic("render-standard-input", message, help="save it to a file first")
        console.show([problem], {})
        raise typer.Exit(exit_status.MISTAKES)
    return "docker compose config", _put_together(document, options)


def _put_together(document: Document, options: Options) -> str:
    """Several files as one, by the Compose program, whichever engine there is."""
    from conlink_compose.engines import open_project

    compose = open_project("docker", document.project).compose
    assert compose
    said = {
        "--file": document.file_order,
        "--env-file": options.env_files,
        "--profile": options.profiles,
        "--project-name": (document.project,),
        "--project-directory": (options.project_directory,) if options.project_directory else (),
    }
    words = [word for name, values in said.items() for value in values for word in (name, value)]
    return compose.output([*words, "config"])
