from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernel.lab import Lab


@pytest.fixture
def lab(lab_of: Callable[..., Lab], tmp_path: Path) -> Lab:
    """A hub with Open vSwitch, and the nodes a, b and c."""
    return lab_of("a", "b", "c").with_ovs(tmp_path / "ovs")
