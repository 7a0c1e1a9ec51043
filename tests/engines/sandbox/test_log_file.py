"""What is written can be read: across rotations, full disks and many nodes."""

import json
import re
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conlink_compose.engines.sandbox.logs.file import LogFile
from conlink_compose.engines.sandbox.logs.reader import LogReader

Write = Callable[[str], None]


def log_in(folder: Path, node: str = "n", rotate_at: int = 2000) -> LogFile:
    return LogFile(folder / f"{node}.jsonl", node, lambda: None, rotate_at)


def texts(folder: Path, count: int | None = None) -> list[str]:
    return [line.text for line in LogReader(folder).last(count)]


@contextmanager
def limited(which: int, soft: int) -> Iterator[None]:
    before = resource.getrlimit(which)
    resource.setrlimit(which, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(which, before)


def test_a_line_says_when_who_and_where(tmp_path: Path) -> None:
    log_in(tmp_path, "web-1").write("stderr", ['quote " and ✓'])
    record = json.loads((tmp_path / "web-1.jsonl").read_text())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record.pop("time"))
    assert record == {"node": "web-1", "stream": "stderr", "text": 'quote " and ✓'}


def test_the_log_is_bounded_and_read_across_its_rotation(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    reader = LogReader(tmp_path)
    assert list(reader.last(None)) == []
    followed = []
    for number in range(100):
        log.write("stdout", [str(number)])
        followed += [int(line.text) for line in reader.more()]
    reader.close()
    assert followed == list(range(100))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["n.jsonl", "n.jsonl.1"]
    assert all(p.stat().st_size <= 2000 for p in tmp_path.iterdir())
    kept = [int(text) for text in texts(tmp_path)]
    assert kept == list(range(kept[0], 100))
    assert texts(tmp_path, 2) == ["98", "99"]


def test_nodes_are_told_in_the_order_of_time_and_the_last_lines_of_each(tmp_path: Path) -> None:
    logs = [log_in(tmp_path, name) for name in ("loud", "quiet")]
    logs[1].write("stdout", ["first"])
    for number in range(5):
        logs[0].write("stdout", [str(number)])
    logs[1].write("stdout", ["last"])
    assert texts(tmp_path) == ["first", "0", "1", "2", "3", "4", "last"]
    assert texts(tmp_path, 1) == ["4", "last"]
    only = LogReader(tmp_path, frozenset({"quiet"}))
    assert [line.text for line in only.last(None)] == ["first", "last"]


def test_a_rotation_that_fails_loses_lines_and_goes_on_later(tmp_path: Path) -> None:
    log = log_in(tmp_path, rotate_at=200)
    (tmp_path / "n.jsonl.1").mkdir()  # nothing can take its name
    for number in range(9):
        log.write("stdout", [str(number)])
    (tmp_path / "n.jsonl.1").rmdir()
    log.write("stdout", ["again"])
    assert texts(tmp_path) == ["0", "1", "again"]


def test_a_rotation_without_a_descriptor_goes_on_later(tmp_path: Path) -> None:
    log = log_in(tmp_path, rotate_at=200)
    log.write("stdout", ["begin"])
    with limited(resource.RLIMIT_NOFILE, 0):
        for _ in range(9):
            log.write("stdout", ["lost"])
    log.write("stdout", ["again"])
    assert texts(tmp_path)[-1] == "again"


def test_a_line_the_disk_had_no_room_for_spoils_no_other(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.write("stdout", ["begin"])
    size = (tmp_path / "n.jsonl").stat().st_size
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with limited(resource.RLIMIT_FSIZE, size + 20):
        log.write("stdout", ["torn"])
        log.write("stdout", ["lost"])
    signal.signal(signal.SIGXFSZ, before)
    assert (tmp_path / "n.jsonl").stat().st_size == size + 20
    log.write("stdout", ["whole"])
    assert texts(tmp_path) == ["begin", "whole"]


@pytest.mark.parametrize("rotate_at", [10, 2000])
def test_what_is_removed_is_gone(tmp_path: Path, rotate_at: int) -> None:
    log = log_in(tmp_path, rotate_at=rotate_at)
    for text in ("a", "b"):
        log.write("stdout", [text])
    log.remove()
    assert list(tmp_path.iterdir()) == []
