"""runtime.gate: whether a process of the sandbox waits until its links are up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import eventually, project

pytestmark = pytest.mark.namespaces

# A veth has no such feature to switch on: this link never comes to stand as it is declared.
TEXT = """
x-conlink: {{runtime: {{gate: {gate}}}}}
services:
  early:
    network_mode: none
    command: sh -c "echo started; exec sleep inf"
    x-conlink: {{links: [{{bridge: lan, ip: 10.0.0.1/24, ethtool: {{lro: on}}}}]}}
  late:
    network_mode: none
    command: sh -c "echo started; exec sleep inf"
    depends_on: [early]
    x-conlink: {{links: [{{bridge: lan, ip: 10.0.0.2/24, dev: eth0}}]}}
"""


def test_without_the_gate_a_process_starts_at_once(tmp_path: Path) -> None:
    with project(tmp_path, TEXT.format(gate="false")) as lab:
        lab.run("up", "-d", check=False)
        eventually(lambda: lab.ps()["early-1"]["state"] == "running", 10)
        assert lab.ps()["early-1"]["ready"] is False
        eventually(lambda: lab.run("logs").stdout.count("started") == 2)


def test_with_it_the_process_waits(tmp_path: Path) -> None:
    with project(tmp_path, TEXT.format(gate="true")) as lab:
        lab.run("up", "-d", check=False)
        eventually(lambda: lab.ps()["early-1"]["state"] == "waiting", 10)
        assert "started" not in lab.run("logs").stdout
        lab.write(TEXT.format(gate="false"))
        lab.run("up", "-d", check=False)
        eventually(lambda: lab.run("logs").stdout.count("started") == 2)
