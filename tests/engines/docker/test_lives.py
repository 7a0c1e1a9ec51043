"""A life is the first process of a container, and ends with it. Real processes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from conlink_compose.engines.docker.lives import Lives, Process, started_at


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_the_engine_is_asked_once_for_a_process_that_lives_on(
    sleeper: subprocess.Popen[bytes],
) -> None:
    asked: list[str] = []

    def process_of(container: str) -> Process:
        asked.append(container)
        return Process(sleeper.pid, "/hosts")

    lives = Lives(process_of)
    first = lives.of(["c1"])["c1"]
    assert first
    assert first.netns == f"/proc/{sleeper.pid}/ns/net"
    assert lives.of(["c1"])["c1"] == first
    assert asked == ["c1"]
    assert lives.hosts_of("c1") == "/hosts"


def test_another_process_is_another_life(sleeper: subprocess.Popen[bytes]) -> None:
    pids = [sleeper.pid]
    lives = Lives(lambda _: Process(pids[0]))
    first = lives.of(["c1"])["c1"]
    sleeper.kill()
    sleeper.wait()
    with subprocess.Popen(["sleep", "60"]) as second:
        pids[0] = second.pid
        later = lives.of(["c1"])["c1"]
        second.kill()
    assert first
    assert later
    assert later.id != first.id


def test_what_does_not_run_has_no_life_and_is_forgotten() -> None:
    lives = Lives(lambda _: Process(0))
    assert lives.of(["c1"]) == {"c1": None}
    assert lives.of([]) == {}


def test_a_process_that_waits_to_be_collected_has_ended() -> None:
    with subprocess.Popen(["true"]) as process:
        while started_at(process.pid) is not None:
            pass
        assert process.poll() == 0


def test_what_shares_the_machines_network_has_no_life() -> None:
    """As a container with `network_mode: host`, should it ever come that far."""
    lives = Lives(lambda _: Process(os.getpid()), aside=[os.getpid()])
    assert lives.of(["c1"]) == {"c1": None}
