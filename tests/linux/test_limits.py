"""The soft limit of open files is raised, never lowered, and never beyond the hard one."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from conlink_compose.linux.limits import WANTED, raise_file_limit

HARD = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_low_limit_is_raised_as_far_as_it_may_be_and_told() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, HARD))
    assert raise_file_limit() == 100
    raised, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert (raised, hard) == (WANTED if HARD == resource.RLIM_INFINITY else min(HARD, WANTED), HARD)


def test_a_higher_limit_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conlink_compose.linux.limits.WANTED", 99)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, HARD))
    assert raise_file_limit() == 100
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (100, HARD)
