"""Another engine, from another package, comes all the way through the command line."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conlink_compose import engines
from tests.engines.netns_engine import NETNS
from tests.project import Project, eventually, project

pytestmark = pytest.mark.root

TEXT = """
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    network_mode: none
    scale: 2
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project of an engine that an installed package brings, as its metadata says."""
    package = tmp_path / "site" / "netns_engine-1.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: netns-engine\nVersion: 1\n")
    (package / "entry_points.txt").write_text(
        f"[{engines.ENTRY_POINTS}]\nnetns = tests.engines.netns_engine\n"
    )
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(package.parent), str(root))))
    monkeypatch.setenv("NETNS_ENGINE", str(tmp_path / "state"))
    monkeypatch.setenv("CONLINK_ENGINE", "netns")
    with project(tmp_path, TEXT) as made:
        yield made
    assert not list(NETNS.glob(f"{made.name}.*"))


def ip(other: Project, node: str, *words: str) -> Any:
    argv = ["ip", "-n", f"{other.name}.{node}", "-j", "-d", *words]
    return json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)


def ping(other: Project, node: str, address: str) -> int:
    argv = ["ip", "netns", "exec", f"{other.name}.{node}", "ping", "-c1", "-W2", address]
    return subprocess.run(argv, check=False, stdout=subprocess.DEVNULL).returncode


def test_it_goes_up_is_seen_planned_changed_and_taken_down(other: Project) -> None:
    assert "3 of 3 nodes, 3 of 3 links" in other.run("up", "-d").stderr
    assert ping(other, "a-1", "10.0.0.3") == 0
    assert other.ps()["b-2"]["interfaces"][0]["addresses"] == ["10.0.0.3/24"]
    assert "nothing to do" in other.plan()
    other.write(TEXT.replace("10.0.0.1/24", "10.0.0.9/24").replace("scale: 2", "scale: 3"))
    assert [line.split("   #")[0] for line in other.plan().splitlines()][:1] == ["add     node b-3"]
    other.run("up", "-d")
    assert ping(other, "b-3", "10.0.0.9") == 0
    other.run("down")
    assert "was not up" in other.run("down").stderr


def test_an_engine_that_keeps_silent_for_a_while_ends_no_runtime(other: Project) -> None:
    other.run("up", "-d")
    folder = Path(os.environ["NETNS_ENGINE"], other.name)
    (folder / "mute").touch()
    subprocess.run(["ip", "-n", f"{other.name}.a-1", "link", "delete", "eth0"], check=True)
    eventually(lambda: "ip netns keeps silent" in (folder / "log").read_text())
    assert other.run("ps", check=False).returncode == 3
    (folder / "mute").unlink()
    eventually(lambda: ping(other, "a-1", "10.0.0.2") == 0)
    assert ip(other, "a-1", "link", "show", "dev", "eth0")[0]["linkinfo"]["info_kind"] == "veth"


@pytest.mark.parametrize("verb", [("exec", "a", "true"), ("logs",), ("restart",)], ids=" ".join)
def test_verbs_of_processes_are_refused_where_they_are_another_tools(
    other: Project, verb: tuple[str, ...]
) -> None:
    other.run("up", "-d")
    refused = other.run(*verb, check=False)
    assert refused.returncode == 2
    assert f"`{verb[0]}` is that engine's own" in refused.stderr


@pytest.mark.parametrize("verb", [("up", "-d"), ("scale", "b=3"), ("down",)], ids=" ".join)
def test_what_another_tool_makes_is_neither_brought_up_nor_taken_down(
    other: Project, verb: tuple[str, ...]
) -> None:
    other.run("up", "-d")
    elsewhere = Path(os.environ["NETNS_ENGINE"], other.name, "made-elsewhere")
    elsewhere.touch()
    before = other.ps()
    refused = other.run(*verb, check=False)
    after = other.ps()
    elsewhere.unlink()
    assert refused.returncode == 2
    assert f"`{verb[0]}` is that engine's own" in refused.stderr
    assert after == before


def test_an_engine_nobody_has_is_a_wrong_word(other: Project) -> None:
    refused = other.run("--engine", "dokcer", "ps", check=False)
    assert refused.returncode == 2
    assert "sandbox, netns" in refused.stderr


@pytest.mark.parametrize("engine", ["docker", "sandbox"])
def test_a_project_is_opened_more_than_once(engine: str) -> None:
    assert engines.open_project(engine, "a").name == "a"
    assert engines.open_project(engine, "b").name == "b"
