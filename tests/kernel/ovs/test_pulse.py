"""Who is stopped or waits is told from who is busy: asked of real processes that answer or do not.
Open vSwitch itself is stopped in test_programs.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conlink_compose.kernel.ovs.pulse import Pulse, Question

_ANSWERS = "connection.recv(99); connection.send(b'{}'); connection.close()"
_LISTENS = """
import os, socket, sys, time
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
print(flush=True)
while True:
    connection = listening.accept()[0]
    {then}
"""
_LOOKS = 10

Asked = Callable[[str], tuple[int, Pulse]]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    """Starts a process that listens and does `then` for each who asks."""
    started: list[subprocess.Popen[bytes]] = []

    def start(then: str) -> tuple[int, Pulse]:
        text = _LISTENS.format(then=then)
        words = (sys.executable, "-c", text, str(tmp_path / "its.sock"))
        started.append(subprocess.Popen(words, stdout=subprocess.PIPE))
        assert started[-1].stdout
        started[-1].stdout.readline()
        question = Question("its.sock", "echo")
        return started[-1].pid, Pulse(started[-1].pid, str(tmp_path), question, _LOOKS)

    yield start
    for one in started:
        one.kill()
        one.communicate()


def is_lost(pulse: Pulse, looks: int = _LOOKS * 3) -> bool:
    for _ in range(looks):
        if pulse.is_lost():
            return True
        time.sleep(0.05)
    return False


def test_who_answers_is_left_alone(asked: Asked) -> None:
    _, pulse = asked(_ANSWERS)
    assert not is_lost(pulse)


def test_who_is_busy_is_left_alone(asked: Asked) -> None:
    _, pulse = asked("end = time.time() + 600\n    while time.time() < end: pass")
    assert not is_lost(pulse)


def test_who_waits_for_what_never_comes_is_lost(asked: Asked) -> None:
    _, pulse = asked("time.sleep(600)")
    assert is_lost(pulse)


def test_who_is_stopped_is_lost_and_not_once_it_goes_on(asked: Asked) -> None:
    pid, pulse = asked(_ANSWERS)
    os.kill(pid, signal.SIGSTOP)
    assert is_lost(pulse)
    os.kill(pid, signal.SIGCONT)
    is_lost(pulse, 2)
    assert not is_lost(pulse)


def test_who_has_lost_its_socket_is_lost(asked: Asked, tmp_path: Path) -> None:
    _, pulse = asked(_ANSWERS)
    assert not is_lost(pulse)
    (tmp_path / "its.sock").unlink()
    assert is_lost(pulse)


def test_who_does_not_listen_yet_may_take_its_time_while_it_works(tmp_path: Path) -> None:
    with subprocess.Popen((sys.executable, "-c", "while True: pass")) as begins:
        pulse = Pulse(begins.pid, str(tmp_path), Question("its.sock", "echo"), _LOOKS)
        assert not is_lost(pulse)
        begins.kill()
