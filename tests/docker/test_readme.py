"""The README's front example, word for word."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def _all_there_is(lab: Lab) -> set[str]:
    """Containers, volumes, networks, network namespaces, files."""
    kinds = ("ps -aq --no-trunc", "volume ls -q", "network ls -q --no-trunc")
    named = {word for kind in kinds for word in lab.docker(*kind.split()).split()}
    namespaces = {
        str(path.stat().st_ino)
        for path in Path("/proc").glob("[0-9]*/ns/net")
        if path.exists() and "conlink" in (path.parents[1] / "cmdline").read_text()
    }
    return named | namespaces | {str(path) for path in lab.folder.rglob("*")}


def test_all_that_it_tells_to_type_and_nothing_is_left(lab: Lab) -> None:
    before = _all_there_is(lab)
    assert TYPED[0] == ["up", "-d"]
    assert TYPED[-1] == ["down"]
    for typed in TYPED:
        words = [word for word in typed if word != "--watch"]  # which a person ends
        terminal = ["-T"] if words[0] == "exec" else []
        done = lab.run(words[0], *terminal, *words[1:])
        if words == ["up", "-d"]:
            assert CLOSING
            assert f"{lab.name}: {CLOSING[1]} in" in done.stderr
        if words[0] == "plan":
            assert "nothing to do" in done.stdout
    assert _all_there_is(lab) == before
