"""ethtool: features of interfaces are as declared, by the word of ethtool itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

TEXT = """
x-conlink:
  hosts:
    a: {links: [{bridge: lan, ip: 10.0.0.1/24, ethtool: SAID}, {bridge: lan, dev: eth1}]}
    b: {links: [{peer: {host: c, dev: w, ethtool: "-K rx off"}, dev: w, ethtool: {tso: off}}]}
    c: {}
"""
SAID = "[--offload tx off gro on, {tx-gso-list: off}]"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path, TEXT.replace("SAID", SAID)) as lab:
        lab.up()
        yield lab


def feature(lab: Project, node: str, dev: str, name: str) -> str:
    lines = lab.inside(node, "ethtool", "-k", dev).splitlines()
    return next(line.split()[1] for line in lines if line.strip().startswith(f"{name}:"))


def said(lab: Project, words: str) -> str:
    """The plan, after the file says `words`."""
    lab.write(TEXT.replace("SAID", words))
    return lab.plan()


def test_they_are_as_declared_and_others_as_they_were(lab: Project) -> None:
    assert feature(lab, "a", "eth0", "tx-checksumming") == "off"
    assert feature(lab, "a", "eth0", "rx-checksumming") == "on"
    assert feature(lab, "a", "eth0", "generic-receive-offload") == "on"
    assert feature(lab, "a", "eth0", "tx-gso-list") == "off"
    assert feature(lab, "a", "eth1", "tx-checksumming") == "on"
    assert feature(lab, "b", "w", "tx-tcp-segmentation") == "off"
    assert feature(lab, "c", "w", "rx-checksumming") == "off"
    assert "nothing to do" in lab.plan()
    interface = lab.ps()["a"]["interfaces"][0]
    assert interface["ethtool"] == {"tx": "off", "gro": "on", "tx-gso-list": "off"}


def test_an_edit_changes_that_alone(lab: Project) -> None:
    plan = said(lab, "{tx: on, gro: on, tx-gso-list: off}")
    (line,) = plan.splitlines()
    assert line.startswith(
        "change  ethtool tx on gro on tx-gso-list off on a:eth0   # tx off -> on"
    )
    lab.up()
    assert feature(lab, "a", "eth0", "tx-checksumming") == "on"
    assert feature(lab, "a", "eth0", "generic-receive-offload") == "on"


def test_what_is_taken_out_is_as_it_was_before(lab: Project) -> None:
    assert "gro on -> off, as it was before" in said(lab, "{tx: off}")
    lab.up()
    assert feature(lab, "a", "eth0", "generic-receive-offload") == "off"
    assert feature(lab, "a", "eth0", "tx-checksumming") == "off"
    assert "nothing to do" in lab.plan()
    lab.write(TEXT.replace(", ethtool: SAID", ""))
    lab.up()
    assert feature(lab, "a", "eth0", "tx-checksumming") == "on"
    assert "conlink-was" not in lab.inside("a", "ip", "link", "show", "eth0")
    assert "nothing to do" in lab.plan()


def test_what_is_changed_by_hand_is_put_back_where_it_is_declared(lab: Project) -> None:
    lab.inside("a", "ethtool", "-K", "eth1", "tx", "off")
    lab.inside("a", "ethtool", "-K", "eth0", "tx", "on")
    eventually(lambda: feature(lab, "a", "eth0", "tx-checksumming") == "off", 5)
    assert feature(lab, "a", "eth1", "tx-checksumming") == "off"


def test_it_is_so_after_a_restart(lab: Project) -> None:
    lab.run("restart", "c")
    eventually(lambda: lab.ps()["c"]["ready"], 10)
    assert feature(lab, "c", "w", "rx-checksumming") == "off"
    assert feature(lab, "b", "w", "tx-tcp-segmentation") == "off"
    assert "nothing to do" in lab.plan()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("{lro: on}", "this interface has it so, and it cannot be changed"),
        ("{rx-of-tomorrow: on}", "this kernel has no such feature"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, words: str, why: str) -> None:
    with project(tmp_path, TEXT.replace("SAID", words)) as lab:
        done = lab.run("up", "-d", "--wait", check=False)
        assert done.returncode == 1
        assert why in done.stderr
        assert "compose.yaml:4" in done.stderr
