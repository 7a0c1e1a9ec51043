"""What the engine says while it builds, line by line. The messages are as an engine sent them."""

from __future__ import annotations

import pytest

from conlink_compose.image.build import StepFailedError, lines_of

CUT = [
    {"stream": "Step 1/2 : RUN sh install.sh"},
    {"stream": "\n"},
    {"stream": " ---> Running in 0123456789ab\n"},
    {"stream": "\x1b[91mE: \x1b[0m"},
    {"stream": "\x1b[91mUnable to locate package openvswitch-switch\n\x1b[0m"},
]


def test_line_that_comes_in_pieces_is_one() -> None:
    assert list(lines_of(CUT))[-1] == "E: Unable to locate package openvswitch-switch"


def test_failed_step_is_told_by_its_last_line_whole() -> None:
    failed = {"error": "The command returned a non-zero code: 100"}
    with pytest.raises(StepFailedError) as told:
        list(lines_of([*CUT, failed]))
    assert str(told.value) == (
        "E: Unable to locate package openvswitch-switch (The command returned a non-zero code: 100)"
    )
    with pytest.raises(StepFailedError, match=r"^E: and no end of line "):
        list(lines_of([{"stream": "E: and no end of line"}, failed]))


def test_layers_of_a_pull_have_no_end_of_line() -> None:
    pulled = [{"status": "Pulling fs layer"}, {"status": "Downloading", "progressDetail": {"a": 1}}]
    assert list(lines_of([*pulled, {"status": "Pull complete"}])) == [
        "Pulling fs layer",
        "Pull complete",
    ]
