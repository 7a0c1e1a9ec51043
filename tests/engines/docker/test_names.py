from __future__ import annotations

import pytest

from conlink_compose.engines.docker.names import BEGIN, END, with_block

DOCKERS = "127.0.0.1\tlocalhost\n172.17.0.2\td0c3\n"
OURS = "10.0.0.1\ta a-1\n"


def test_a_block_is_added_changed_and_taken_away_and_nothing_else() -> None:
    added = with_block(DOCKERS, OURS)
    assert added == f"{DOCKERS}{BEGIN}{OURS}{END}\n"
    changed = with_block(f"{added}10.9.9.9\tuser\n", OURS + OURS)
    assert changed == f"{DOCKERS}{BEGIN}{OURS}{OURS}{END}\n10.9.9.9\tuser\n"
    assert with_block(changed, "") == f"{DOCKERS}10.9.9.9\tuser\n"
    assert with_block(DOCKERS, "") == DOCKERS


@pytest.mark.parametrize("before", ["127.0.0.1 localhost", ""])
def test_the_block_begins_a_line(before: str) -> None:
    after = with_block(before, OURS)
    assert after.splitlines()[-3:] == [BEGIN.strip(), OURS.strip(), END]
    assert with_block(after, OURS) == after


def test_what_follows_a_block_without_its_end_is_kept() -> None:
    after = with_block(f"{DOCKERS}{BEGIN}10.9.9.9\tuser\n", OURS)
    assert after == f"{DOCKERS}10.9.9.9\tuser\n{BEGIN}{OURS}{END}\n"
