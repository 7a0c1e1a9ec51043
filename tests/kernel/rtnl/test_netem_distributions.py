"""The tables of jitter are those that iproute2 installs."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path
from statistics import mean, pstdev

import pytest

from conlink_compose.kernel.rtnl.netem_distributions import table, values


def installed(distribution: str) -> list[int]:
    """By whatever path this machine's iproute2 has it."""
    listed = subprocess.run(
        ["sh", "-c", f"ls /usr/lib/tc/{distribution}.dist /usr/lib/*/tc/{distribution}.dist"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    assert listed, "iproute2 is not installed"
    lines = Path(listed[0]).read_text().splitlines()
    return [int(word) for line in lines if not line.startswith("#") for word in line.split()]


@pytest.mark.parametrize("distribution", ["normal", "pareto", "paretonormal"])
def test_a_table_is_that_of_iproute2(distribution: str) -> None:
    ours, theirs = values(distribution), installed(distribution)
    assert len(ours) == len(theirs)
    # iproute2 walks up the curve in steps of 0.00005, which is 0.4 of 8192.
    assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) <= 1
    assert sum(a != b for a, b in zip(ours, theirs, strict=True)) < len(ours) / 2


def test_the_uniform_one_reaches_one_jitter_either_way() -> None:
    found = values("uniform")
    assert (found[0], found[-1]) == (-8190, 8190)
    assert mean(found) == 0
    assert len({b - a for a, b in pairwise(found)}) == 1


def test_a_normal_one_has_the_scale_as_its_deviation() -> None:
    assert pstdev(values("normal")) == pytest.approx(8192, rel=0.01)


def test_a_table_is_packed_in_16_bits() -> None:
    assert len(table("pareto")) == 8192
    with pytest.raises(KeyError):
        table("gauss")
