"""A file to a tree in which every key and value knows its place. No content makes it raise."""

from __future__ import annotations

import gc
import os
import stat
import sys
from pathlib import Path

import yaml

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.builder import Builder, StopBuildingError
from conlink_compose.document.libyaml import events_of, hidden
from conlink_compose.document.scalars import Override
from conlink_compose.document.syntax import syntax_error
from conlink_compose.document.tree import List, Map, Value

LARGEST = 8 * 1024 * 1024
"""Bytes. A file of 100,000 links has less."""

STDIN = "<stdin>"


def read_source(
    name: str, directory: str, asked_by: Span | None = None
) -> tuple[str | None, list[Diagnostic]]:
    """The text of the file `name` below `directory`, without a byte order mark.

    `STDIN` is the standard input. `asked_by` is the place that names the file, if one does.
    """
    if not name:
        advice = "is the variable set that it comes from?"
        return None, [Diagnostic("file-unreadable", "a file's name is empty", asked_by, advice)]
    try:
        data = _standard_input() if name == STDIN else _file(Path(directory, name))
    except OSError as error:
        return None, [_unreadable(name, error, asked_by)]
    except ValueError as error:  # a path with a NUL, or a file that is too large
        return None, [Diagnostic("file-unreadable", f"cannot read `{name}`: {error}", asked_by)]
    return _text(name, data, asked_by)


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(_too_large("more than 8 MB"))
    return data


def _file(path: Path) -> bytes:
    """Raises `OSError`, and `ValueError` where it is too large."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode) and status.st_size > LARGEST:
            raise ValueError(_too_large(f"{status.st_size / 1024 / 1024:.1f} MB"))
        data = file.read(LARGEST + 1)  # a pipe or a device tells no size beforehand
    if len(data) > LARGEST:
        raise ValueError(_too_large("more than 8 MB"))
    return data


def _too_large(size: str) -> str:
    return f"it has {size}, and 8 MB are the most that is read"


def _unreadable(name: str, error: OSError, asked_by: Span | None) -> Diagnostic:
    if isinstance(error, FileNotFoundError):
        return Diagnostic("file-not-found", f"there is no file `{name}`", asked_by)
    if isinstance(error, IsADirectoryError):
        advice = "name the compose file in it"
        return Diagnostic("file-unreadable", f"`{name}` is a folder, not a file", asked_by, advice)
    reason = (error.strerror or "it cannot be read").lower()
    return Diagnostic("file-unreadable", f"cannot read `{name}`: {reason}", asked_by)


def _text(name: str, data: bytes, asked_by: Span | None) -> tuple[str | None, list[Diagnostic]]:
    whole = asked_by or Span(name, 1, 1, 1, 1)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = f"`{name}` is written in UTF-16, and a compose file must be UTF-8"
        return None, [Diagnostic("not-text", message, whole, "save it as UTF-8 in your editor")]
    if b"\0" in data:
        message = f"`{name}` holds a zero byte, so it is a binary file and not YAML"
        return None, [Diagnostic("not-text", message, whole)]
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return None, [_not_utf8(name, data, error)]
    return text.replace("\r\n", "\n").replace("\r", "\n"), []


def _not_utf8(name: str, data: bytes, error: UnicodeDecodeError) -> Diagnostic:
    good = data[: error.start].decode("utf-8", "replace")
    line, column = good.count("\n") + 1, len(good) - good.rfind("\n")
    message = f"the byte 0x{data[error.start]:02x} is not UTF-8 text"
    at = Span(name, line, column, line, column + 1)
    return Diagnostic("not-text", message, at, "save the file as UTF-8 in your editor")


def parse(text: str, file: str) -> tuple[Map | None, list[Diagnostic]]:
    """The mapping that `text` is. None where there is none; `file` is its name in the spans."""
    root, problems = parse_value(text, file)
    if isinstance(root, Map):
        return root, problems
    return None, problems or [_no_mapping(root, file, text)]


def parse_value(text: str, file: str) -> tuple[Value, list[Diagnostic]]:
    """The value that `text` is, be it a map or not."""
    text = hidden(text)
    builder = Builder(text, file)
    # The collector would walk the growing tree again and again; nothing here makes garbage.
    collecting = gc.isenabled()
    gc.disable()
    try:
        builder.consume(events_of(text))
    except StopBuildingError as stop:
        return None, [*builder.diagnostics, stop.diagnostic]
    except yaml.YAMLError as error:
        return None, [*builder.diagnostics, syntax_error(file, text, error)]
    finally:
        if collecting:
            gc.enable()
    return builder.root, builder.diagnostics


def _no_mapping(root: Value, file: str, text: str) -> Diagnostic:
    at = Span(file, 1, 1, 1, 1)
    if root is None:
        if not text.strip():
            return Diagnostic("empty-file", f"`{file}` is empty", at, "it needs `services:`")
        message = f"`{file}` holds only comments" if "#" in text else f"`{file}` holds no keys"
        return Diagnostic("empty-file", message, at, "it needs `services:`")
    if isinstance(root, Map | List):
        at = root.span
    kind = "a list" if isinstance(root, List) else "a single value"
    if isinstance(root, Override):
        kind = "a tagged value"
    message = f"a compose file is a map of keys such as `services:`, and this is {kind}"
    return Diagnostic("not-a-mapping", message, at)
