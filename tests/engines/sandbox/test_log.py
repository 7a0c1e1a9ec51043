import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conlink_compose.engines.sandbox.log import LONGEST_LINE, Lines, LogFile
from conlink_compose.engines.sandbox.log_reader import LogReader


@given(st.text(alphabet="aé\n\r💥"), st.integers(1, 7))
def test_lines_do_not_depend_on_how_the_bytes_arrive(text: str, size: int) -> None:
    data = text.encode()
    whole, pieces = Lines(), Lines()
    expected = whole.feed(data) + whole.end()
    found = [line for at in range(0, len(data), size) for line in pieces.feed(data[at : at + size])]
    assert found + pieces.end() == expected
    assert len(expected) == len(text.split("\n")) - text.endswith("\n") - (not text)


def test_what_is_not_text_is_replaced_and_a_line_without_end_is_bounded() -> None:
    lines = Lines()
    assert lines.feed(b"a\xff\xfeb\n") == ["a��b"]
    long = lines.feed(b"x" * (LONGEST_LINE * 3 + 5))
    assert [len(line) for line in long] == [LONGEST_LINE] * 3
    assert lines.end() == ["xxxxx"]


def test_a_line_says_when_who_and_where(tmp_path: Path) -> None:
    LogFile(tmp_path / "log").write("web-1", "stderr", ['quote " and ✓'])
    record = json.loads((tmp_path / "log").read_text())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", record.pop("time"))
    assert record == {"node": "web-1", "stream": "stderr", "text": 'quote " and ✓'}


def test_the_log_is_bounded_and_read_across_its_rotation(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = LogFile(path, rotate_at=2000)
    reader = LogReader(path)
    assert list(reader.last(None)) == []
    followed = []
    for number in range(100):
        log.write("n", "stdout", [str(number)])
        followed += [int(line.text) for line in reader.more()]
    reader.close()
    assert followed == list(range(100))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log", "log.1"]
    assert all(p.stat().st_size <= 2000 for p in tmp_path.iterdir())
    kept = [int(line.text) for line in LogReader(path).last(None)]
    assert kept == list(range(kept[0], 100))
    assert [line.text for line in LogReader(path).last(2)] == ["98", "99"]
