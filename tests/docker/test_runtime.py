"""The runtime itself: what it costs, what it says, and how its health is seen."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
  runtime: {log_level: debug}
services:
  node:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    scale: 10
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""
MOST_MEMORY = 45 << 10  # KiB
IDLE = 10.0  # seconds
TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, tmp_path: Path) -> Iterator[Lab]:
    with lab_of(engine, tmp_path, FILE) as lab:
        lab.up()
        yield lab


def health(lab: Lab) -> tuple[int, str]:
    """What the engine's health check ends with, and says."""
    runtime = lab.id_of("conlink")
    config = lab.engine.client.inspect_container(runtime)["Config"]
    made = lab.engine.client.exec_create(runtime, config["Healthcheck"]["Test"][1:])
    said = lab.engine.client.exec_start(made["Id"]).decode()
    return lab.engine.client.exec_inspect(made["Id"])["ExitCode"], said


def processor_time(pid: int) -> float:
    """In seconds, of all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def memory(pid: int) -> int:
    """Resident, in KiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1])


def passes(lab: Lab) -> int:
    return lab.log().count("a pass of")


def test_it_idles(lab: Lab) -> None:
    pid = lab.pid(lab.id_of("conlink"))
    time.sleep(1.0)
    looks, before = passes(lab), processor_time(pid)
    time.sleep(IDLE)
    assert processor_time(pid) - before <= TICK
    assert passes(lab) == looks
    assert memory(pid) < MOST_MEMORY


def test_what_others_start_does_not_wake_it(lab: Lab) -> None:
    before = passes(lab)
    lab.engine.run("alpine", "true")
    time.sleep(1.0)
    assert passes(lab) == before


def test_a_burst_of_events_costs_few_looks(lab: Lab) -> None:
    pid = lab.pid(lab.id_of("conlink"))
    before = passes(lab)
    os.kill(pid, signal.SIGSTOP)
    try:
        lab.docker("restart", "-t", "0", *(one["Id"] for one in lab.containers("node")))
    finally:
        os.kill(pid, signal.SIGCONT)
    everywhere = [{"eth0": {f"10.0.0.{n}/24"}} for n in range(1, 11)]
    eventually(lambda: [lab.interfaces(one["Id"]) for one in lab.containers("node")] == everywhere)
    time.sleep(1.0)
    assert passes(lab) - before <= 4


def test_it_is_healthy_when_all_that_runs_is_linked(lab: Lab) -> None:
    assert health(lab) == (0, "linked: 10 of 10 links\n")
    lab.docker("kill", lab.id_of("node", 3))
    eventually(lambda: health(lab) == (0, "linked: 9 of 10 links\n"))
    lab.docker("kill", lab.id_of("conlink-hub"))
    eventually(lambda: health(lab)[0] == 1)
    assert "the service that holds the hub does not run" in health(lab)[1]
    assert health(lab)[1].endswith("not linked: 9 of 10 links\n")


def test_all_links_are_connected_only_when_all_are(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    with lab_of(engine, tmp_path, FILE) as lab:
        lab.run("create")
        lab.compose("start", "conlink-hub", "conlink")
        nodes = engine.client.containers(
            all=True, filters={"label": [f"com.docker.compose.project={lab.name}"]}
        )
        ids = [one["Id"] for one in nodes if "-node-" in one["Names"][0]]
        for container in ids[:-1]:
            lab.docker("start", container)
        eventually(lambda: len(lab.ports()) == len(ids) - 1)
        eventually(lambda: health(lab)[0] == 0)
        assert "All links connected" not in lab.log()
        lab.docker("start", ids[-1])
        eventually(lambda: "All links connected" in lab.log())
        lab.docker("restart", "-t", "0", ids[0])
        eventually(lambda: health(lab) == (0, "linked: 10 of 10 links\n"))
        assert lab.log().count("All links connected") == 1


def test_the_log_is_json_where_that_is_asked_for(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    with lab_of(engine, tmp_path, FILE, CONLINK_LOG_FORMAT="json") as lab:
        lab.up()
        lines = [json.loads(line) for line in lab.log().splitlines()]
        operations = [line["operation"] for line in lines if "operation" in line]
        added = [one for one in operations if one["object"]["kind"] == "address"]
        assert len(added) == 10
        assert {one["cause"] for one in added} == {"is declared"}
        assert [line["level"] for line in lines if line["message"] == "All links connected"] == [
            "info"
        ]
