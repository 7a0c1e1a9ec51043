"""The README's front example, word for word."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from conlink_compose.engines.docker import labels
from conlink_compose.linux.namespaces import identity, open_namespace
from tests.docker.conftest import CHECKOUT, Engine
from tests.docker.lab import Lab, lab_of

README = (CHECKOUT / "README.md").read_text()
FILE = re.search(r"^```yaml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
WITH_DOCKER = README.partition("\n## With Docker\n")[2].partition("\n### ")[0]
CLOSING = re.search(r"^    lab: (up: .*) in [\d.]+ s$", WITH_DOCKER, re.MULTILINE)
TYPED = [
    shlex.split(line, comments=True)[1:]
    for line in re.findall(r"^    (conlink-compose .*)$", WITH_DOCKER, re.MULTILINE)
]


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, tmp_path: Path) -> Iterator[Lab]:
    del network_image
    assert FILE
    (tmp_path / "state").mkdir()  # XDG_STATE_HOME, which is the user's
    with lab_of(engine, tmp_path, FILE[1]) as lab:
        yield lab


def _is_there(lab: Lab) -> set[str]:
    """The project's containers, volumes, networks and files."""
    of_it = ("-q", "--filter", f"label={labels.PROJECT}={lab.name}")
    kinds = (("ps", "-a"), ("volume", "ls"), ("network", "ls"))
    named = {word for kind in kinds for word in lab.docker(*kind, *of_it).split()}
    return named | {str(path) for path in lab.folder.rglob("*")}


def _namespaces(lab: Lab, held: ExitStack) -> set[int]:
    """The numbers of those of the project's containers; while they are held, the kernel gives them
    to no others."""
    pids = [lab.pid(one["Id"]) for one in lab.containers()]
    fds = [open_namespace(f"/proc/{pid}/ns/net") for pid in pids]
    for fd in fds:
        held.callback(os.close, fd)
    return {identity(fd).inode for fd in fds}


def _namespaces_in_use() -> set[int]:
    """Those that a process is in."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/ns/net"):
        with suppress(OSError):  # it has ended meanwhile
            found.add(path.stat().st_ino)
    return found


@pytest.fixture(name="held")
def held_fixture() -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


def test_all_that_it_tells_to_type_and_nothing_is_left(lab: Lab, held: ExitStack) -> None:
    before = _is_there(lab)
    assert ["up", "-d"] in TYPED
    assert TYPED[-1] == ["down"]
    for typed in TYPED:
        words = [word for word in typed if word != "--watch"]  # which a person ends
        terminal = ["-T"] if words[0] == "exec" else []
        done = lab.run(words[0], *terminal, *words[1:])
        if words == ["up", "-d"]:
            assert CLOSING
            assert f"{lab.name}: {CLOSING[1]} in" in done.stderr
            namespaces = _namespaces(lab, held)
        if words[0] == "plan":
            assert "nothing to do" in done.stdout
    assert _is_there(lab) == before
    assert len(namespaces) > 6
    assert not namespaces & _namespaces_in_use()
