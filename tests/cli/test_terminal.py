"""The whole program in a terminal of its own, of a given width and with given colours."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from conlink_compose.cli.console import _COLOURS
from conlink_compose.diagnostics import width

GOOD = "services: {a: {network_mode: none, x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}}}\n"
OTHERS = " ".join(f"b{number}: {{image: x}}," for number in range(200))
BAD = GOOD.replace("ip:", "ipp:").replace("{a:", f"{{{OTHERS} a:", 1)
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


def seen(folder: Path, columns: int, *words: str, **environment: str) -> str:
    """All that the terminal gets, both streams."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
    settings = {"TERM": "xterm-256color", "COLORTERM": "", "NO_COLOR": "", **environment}
    argv = [sys.executable, "-m", "conlink_compose", "-p", "screen", *words]
    child = subprocess.Popen(
        argv,
        cwd=folder,
        env={**os.environ, **settings},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    found = b""
    try:
        while piece := os.read(ours, 1 << 16):
            found += piece
    except OSError:  # EIO: the other end is closed
        pass
    os.close(ours)
    child.wait(30)
    return found.decode().replace("\r\n", "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    return tmp_path


@pytest.mark.parametrize("columns", [50, 80])
@pytest.mark.parametrize("words", [("-f", "bad.yaml", "check"), ("plan",), ("ps",)], ids=" ".join)
def test_no_line_is_wider_than_the_terminal(
    folder: Path, columns: int, words: tuple[str, ...]
) -> None:
    shown = _ESCAPE.sub("", seen(folder, columns, *words))
    assert shown
    assert max(map(width, shown.splitlines())) <= columns
    assert "Traceback" not in shown


def test_what_is_wrong_is_in_sight(folder: Path) -> None:
    shown = _ESCAPE.sub("", seen(folder, 80, "-f", "bad.yaml", "check")).splitlines()
    caret = next(line for line in shown if "^^^" in line)
    above = shown[shown.index(caret) - 1]
    assert above[caret.index("^") :].startswith("ipp")


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        ({}, {"38;5;160"}),
        ({"TERM": "linux"}, {"31"}),
        ({"NO_COLOR": "1"}, set()),
        ({"TERM": "dumb"}, set()),
    ],
)
def test_colours_are_those_of_the_terminal(
    folder: Path, settings: dict[str, str], codes: set[str]
) -> None:
    shown = seen(folder, 80, "-f", "bad.yaml", "check", **settings)
    assert set(_ESCAPE.findall(shown)) - {"0"} == codes


def luminance(index: int) -> float:
    """Of a colour of the 6x6x6 cube, as https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    levels = (0, 95, 135, 175, 215, 255)
    parts = (levels[(index - 16) // step % 6] / 255 for step in (36, 6, 1))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", _COLOURS)
def test_every_colour_reads_on_black_and_on_white(name: str) -> None:
    few, many = _COLOURS[name]
    light = luminance(int(many.removeprefix("38;5;")))
    assert 1.05 / (light + 0.05) > 3.8
    assert (light + 0.05) / 0.05 > 3.8
    assert few not in ("33", "37", "30", "97", "93")
