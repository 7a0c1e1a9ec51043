"""The front example of README.md is brought up as it stands, and every ping in it is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Project, project

pytestmark = pytest.mark.namespaces

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    found = re.search(r"^```yaml\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    assert found
    with project(tmp_path_factory.mktemp("front"), found[1]) as lab:
        lab.up()
        yield lab


@pytest.mark.parametrize("word", ["check", "plan"])
def test_it_has_no_mistake_and_nothing_is_left_to_do(front: Project, word: str) -> None:
    done = front.run(word)
    assert not done.stderr or word == "plan"
    assert ("no mistakes" if word == "check" else "nothing to do") in done.stdout + done.stderr


PINGS = [
    *(("node", target) for target in ("10.1.0.1", "fd00:1::1", "router", "node-3")),
    *(("node-3", target) for target in ("192.0.2.0", "fd00:2::", "192.0.2.1", "fd00:2::1", "isp")),
    *(("router", target) for target in ("10.1.0.102", "fd00:1::102", "192.0.2.1", "fd00:2::1")),
    *(("isp", target) for target in ("10.1.0.100", "10.1.0.102", "fd00:1::101", "node-2")),
    *(("isp", target) for target in ("10.1.0.1", "fd00:1::1", "router")),
]


@pytest.mark.parametrize(("node", "target"), PINGS)
def test_a_ping_that_a_reader_would_try(front: Project, node: str, target: str) -> None:
    assert " 1 received" in front.inside(node, "ping", "-c1", "-W2", target, check=False)


def test_packets_between_both_sides_pass_the_router(front: Project) -> None:
    for target in ("192.0.2.1", "fd00:2::1"):
        assert "exceeded" in front.inside("node", "ping", "-c1", "-W2", "-t1", target, check=False)
