import pytest

from conlink_compose.workloads.process import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10s", 10.0),
        ("1m30s", 90.0),
        ("1h", 3600.0),
        ("1.5h", 5400.0),
        (".5s", 0.5),
        ("500ms", 0.5),
        ("250µs", 0.00025),
        ("0", 0.0),
    ],
)
def test_go_durations(text, expected):
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "10", "s", "1y", "1s 2s", "-1s", "1.s.", "1e3s"])
def test_what_is_none(text):
    assert seconds(text) is None
