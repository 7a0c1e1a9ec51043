"""What is said where the runtime does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox.client import runtime
from conlink_compose.engines.sandbox.folder import RUNTIME_LOG


@pytest.mark.parametrize("has_log", [True, False])
def test_a_log_is_named_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_log: bool
) -> None:
    monkeypatch.setattr(runtime, "BIRTH_PATIENCE", 0.0)
    if has_log:
        (tmp_path / RUNTIME_LOG).write_text("x")
    with pytest.raises(EngineUnreachableError) as told:
        runtime.ask(tmp_path, verb="network")
    assert ("what it said last is in" in str(told.value)) == has_log
