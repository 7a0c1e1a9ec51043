"""The kernel is asked by a process of its own, as root and as anybody."""

from __future__ import annotations

import pytest

from conlink_compose.kernel.kinds import missing_here

pytestmark = pytest.mark.namespaces


def test_what_is_missing_is_found_out_with_any_rights() -> None:
    assert missing_here(("bridge", "nonsense")) == {"nonsense"}
