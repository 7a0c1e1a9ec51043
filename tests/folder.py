"""A folder of compose files to read, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conlink_compose.compose.load import Document, load
from conlink_compose.compose.locate import Request
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.document.tree import Map


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def request(folder: Path, environ: Mapping[str, str] | None = None, **words: Any) -> Request:
    return Request(environ=environ or {}, working_directory=str(folder), **words)


def loaded(folder: Path, files: Mapping[str, str], /, **words: Any) -> Document:
    """The document of `files`, in the order given. There must be no error."""
    document, problems = tried(folder, files, **words)
    assert not [problem for problem in problems if problem.is_error], problems
    assert document is not None
    return document


def tried(
    folder: Path, files: Mapping[str, str], /, **words: Any
) -> tuple[Document | None, list[Diagnostic]]:
    write(folder, files)
    words.setdefault("files", tuple(files))
    return load(request(folder, **words))


def codes(problems: list[Diagnostic]) -> list[str]:
    return [problem.code for problem in problems]


def service(document: Document, name: str) -> Map:
    services = document.tree["services"]
    assert isinstance(services, Map)
    found = services[name]
    assert isinstance(found, Map)
    return found
