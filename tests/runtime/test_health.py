from __future__ import annotations

from pathlib import Path

from conlink_compose.runtime.health import Health
from conlink_compose.runtime.report import NOTHING_YET, is_whole

LINKED = {**NOTHING_YET, "links": 2, "up": 2, "nodes": 1, "ready": 1, "settled": True}


def test_the_last_line_is_the_verdict(tmp_path: Path) -> None:
    file = tmp_path / "health"
    health = Health(str(file))
    health.write(LINKED)
    assert file.read_text() == "linked: 2 of 2 links\n"
    health.write({**LINKED, "up": 1, "problems": [{"message": "it is taken"}]})
    assert file.read_text() == "it is taken\nnot linked: 1 of 2 links\n"
    health.write({**LINKED, "settled": False})
    assert file.read_text() == "not linked: 2 of 2 links\n"


def test_all_that_runs_is_linked_though_not_all_runs() -> None:
    assert not is_whole({**LINKED, "up": 1})
    assert not is_whole({**LINKED, "settled": False})
    assert is_whole(LINKED)
    assert not is_whole({**LINKED, "problems": [{"message": "it is taken"}]})
