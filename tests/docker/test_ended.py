"""What a user is told of containers whose process has ended."""

from __future__ import annotations

from pathlib import Path

from tests.docker.conftest import Engine
from tests.docker.lab import lab_of

JOB = """services:
  job:
    image: busybox
    network_mode: none
    command: sh -c 'echo no route >&2; exit STATUS'
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""
AFTER_IT_FAILED = """
  slow:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000
    healthcheck: {test: [CMD, sh, -c, "sleep 2"], interval: 1s, timeout: 10s}
  web:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000
    depends_on: {slow: {condition: service_healthy}}
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""
AFTER_IT_ENDED = """
  web:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000
    depends_on: {job: {condition: service_completed_successfully}}
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""


def test_a_container_that_failed_is_named_with_its_last_words(
    engine: Engine, tmp_path: Path
) -> None:
    with lab_of(engine, tmp_path, JOB.replace("STATUS", "3") + AFTER_IT_FAILED) as lab:
        done = lab.run("up", "-d", check=False)
        assert done.returncode == 1
        assert "job-1 has ended with 3, and wrote last:\n    no route" in done.stderr
        assert "not all up" in done.stderr


def test_a_job_that_ended_well_is_no_failure_and_is_told(engine: Engine, tmp_path: Path) -> None:
    with lab_of(engine, tmp_path, JOB.replace("STATUS", "0") + AFTER_IT_ENDED) as lab:
        told = lab.run("up", "-d").stderr
        assert f"{lab.name}: up: " in told
        assert "; job-1 has ended with 0" in told
