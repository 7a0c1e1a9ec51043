"""What a link's netem does, measured. What a busy machine can spoil is measured again."""

from __future__ import annotations

import math
import select
import socket
import threading
import time

import pytest

from tests.kernel.lab import Lab
from tests.kernel.line import ADDRESSES, Line, arrivals, seconds_there, seconds_there_and_back

PACKETS = 20_000
MBIT = 10**6


@pytest.fixture
def line(lab: Lab) -> Line:
    return Line(lab)


@pytest.mark.parametrize("both", [False, True], ids=["one side", "both sides"])
@pytest.mark.parametrize("asked", [1, 10, 40, 100])
def test_delay(line: Line, asked: int, both: bool) -> None:
    """By the fastest of several: none is faster than the line, and a busy machine adds to each."""
    words = f"delay {asked}ms"
    line.shall()
    bare = min(seconds_there_and_back(line, 20))
    line.shall(words, words if both else ())
    expected = asked * (2 if both else 1) / 1e3
    found = (min(seconds_there_and_back(line, 10)) - bare for _ in range(5))
    assert any(abs(one - expected) <= max(0.03 * expected, 0.0003) for one in found)


@pytest.mark.parametrize("percent", [0.1, 1, 10])
def test_loss(line: Line, percent: float) -> None:
    line.shall(f"loss {percent}%")
    share = percent / 100
    room = 2.576 * math.sqrt(PACKETS * share * (1 - share))  # 99 of 100 runs
    # One in a hundred is outside it by chance; two in a row are not.
    assert any(abs(_lost(line) - PACKETS * share) <= room for _ in range(2))


def _lost(line: Line) -> int:
    return PACKETS - len(arrivals(line, PACKETS, 60, silence=0.3))


@pytest.mark.parametrize(("mbit", "frames"), [(1, 120), (10, 600)])
def test_rate(line: Line, mbit: int, frames: int) -> None:
    line.shall(f"rate {mbit}mbit delay 50ms")
    assert any(_rate(line, frames) == pytest.approx(mbit * MBIT, rel=0.03) for _ in range(3))
    assert line.tc()[0]["drops"] == 0


def _rate(line: Line, frames: int) -> float:
    """Bits a second, of all bytes of frames."""
    found = arrivals(line, frames, 1442)
    assert len(found) == frames
    return (frames - 1) * 1442 * 8 / (found[-1][0] - found[0][0])


def test_a_rate_of_100_mbit(line: Line) -> None:
    """By TCP, since one process sends no such burst of datagrams here. 1448 of 1514 bytes are
    payload."""
    line.shall("rate 100mbit delay 50ms")
    whole = (_stream(line, 2.0) * 1514 / 1448 for _ in range(3))
    assert any(one == pytest.approx(100 * MBIT, rel=0.03) for one in whole)
    assert line.tc()[0]["drops"] == 0


def test_a_full_line_loses_nothing_though_it_is_long_and_its_frames_are_small(line: Line) -> None:
    line.shall("rate 10mbit delay 200ms")
    frames = 10 * MBIT // 8 * 200 // 1000 // 64  # on their way at the same time
    assert frames > 3000
    assert len(arrivals(line, frames + 900, 64)) == frames + 900
    assert line.tc()[0]["drops"] == 0


def test_one_tcp_stream_fills_the_line(line: Line) -> None:
    line.shall("delay 20ms rate 100mbit")
    assert any(_stream(line, 1.0) >= 0.9 * 100 * MBIT for _ in range(3))


def _stream(line: Line, warm: float) -> float:
    """Payload of one TCP stream from a to b, in bits a second."""
    sender, receiver = line.socket("a", socket.SOCK_STREAM), line.socket("b", socket.SOCK_STREAM)
    with sender, receiver:
        receiver.listen()
        sender.connect((ADDRESSES["b"], 7))
        far, _ = receiver.accept()
        with far:
            return _goodput(sender, far, warm, 2.0)


def _goodput(near: socket.socket, far: socket.socket, warm: float, measured: float) -> float:
    stop = threading.Event()

    def send() -> None:
        block = bytes(1 << 16)
        near.settimeout(0.5)
        while not stop.is_set():
            near.send(block)

    thread = threading.Thread(target=send)
    thread.start()
    _receive(far, warm)
    began = time.perf_counter()
    got = _receive(far, measured)
    seconds = time.perf_counter() - began
    stop.set()
    thread.join()
    return got * 8 / seconds


def _receive(far: socket.socket, seconds: float) -> int:
    got, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        got += len(far.recv(1 << 20))
    return got


def test_an_edit_loses_no_packet(line: Line) -> None:
    edits = [
        "delay 20ms",
        "delay 60ms",
        "delay 5ms 1ms distribution normal",
        "delay 5ms rate 10mbit limit 5000",
        ["delay 5ms", "delay 10ms"],
        "delay 5ms",
    ]
    line.shall("delay 30ms")
    with line.socket("a") as a, line.socket("b") as b:
        sent, stop = [0], threading.Event()

        def ping() -> None:
            while not stop.is_set():
                a.sendto(b"", (ADDRESSES["b"], 7))
                sent[0] += 1
                time.sleep(0.002)

        thread = threading.Thread(target=ping)
        thread.start()
        for edit in edits[:-1]:  # the last takes a stage away, and what waits in that
            time.sleep(0.1)
            line.shall(edit)
        stop.set()
        thread.join()
        got = 0
        while select.select([b], [], [], 0.3)[0]:
            b.recv(9)
            got += 1
    assert sent[0] > 100
    assert got == sent[0]


def test_a_list_adds_up(line: Line) -> None:
    line.shall(["delay 10ms", "delay 15ms loss 1%", "delay 5ms"])
    assert min(seconds_there(line, 30)) == pytest.approx(0.030, abs=0.0012)
    assert {(one["handle"], one.get("parent")) for one in line.tc()} == {
        ("636c:", None),
        ("636d:", "636c:1"),
        ("636e:", "636d:1"),
    }


@pytest.mark.parametrize(
    ("distribution", "early", "late"),
    [("uniform", 0, 0), ("normal", 0.16, 0.16), ("pareto", 0, 0.088)],
)
def test_a_distribution_spreads_the_jitter(
    line: Line, distribution: str, early: float, late: float
) -> None:
    """How many frames come more than one jitter before or behind the delay. The kernel held another
    table before: that gives way in place. A machine that is busy for a moment makes many late."""
    line.shall("delay 80ms 20ms distribution paretonormal")
    done = line.shall(f"delay 80ms 20ms distribution {distribution}")
    assert [one.split()[0] for one in done] == ["change"]
    assert any(_shares(line) == pytest.approx((early, late), abs=0.06) for _ in range(4))


def _shares(line: Line) -> tuple[float, float]:
    """Of frames that take less than 60 and more than 100 ms."""
    found = seconds_there(line, 400, apart=0.004)
    return sum(one < 0.060 for one in found) / 400, sum(one > 0.101 for one in found) / 400
