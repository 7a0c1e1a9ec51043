"""What is told of an Open vSwitch that nobody can ask. One that is there is asked in
tests/kernel/test_ovs.py."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.ovs.ovs import SILENT, UNSEEN, Ovs
from conlink_compose.state import HUB, Operation, OvsBridge, OvsPort

ASKED = [
    Operation("add", thing, "test")
    for thing in (
        OvsBridge(HUB, "lan"),
        OvsPort(HUB, "a", "lan"),
        OvsPort(HUB, "b", "wan"),
        OvsPort(HUB, "c", "wan"),
    )
]


@pytest.mark.parametrize(("was_started", "why"), [(False, SILENT), (True, UNSEEN)])
def test_that_nobody_answers_is_told_once_a_bridge(
    tmp_path: Path, was_started: bool, why: str
) -> None:
    if was_started:
        (tmp_path / "conf.db").touch()
    ovs = Ovs(lambda _: None)
    ovs.reach(str(tmp_path), starts=False)
    assert list(ovs.look({})) == []
    assert ovs.is_unseen == was_started
    refused = ovs.obey(cast("Namespace", None), ASKED)
    assert [operation for operation, _ in refused] == [ASKED[0], ASKED[2]]
    assert {refusal.message for _, refusal in refused} == {why}
