from __future__ import annotations

import logging
from typing import Any

import pytest

from conlink_compose.engines.docker import labels
from conlink_compose.engines.docker.numbers import WithoutNumber, numbered


def container(name: str, number: int | None, created: int = 0) -> dict[str, Any]:
    one_off = {labels.ONE_OFF: "True"} if number is None else {labels.NUMBER: str(number)}
    return {
        "Id": name,
        "Names": [f"/{name}"],
        "Created": created,
        "Labels": {labels.SERVICE: "web", **one_off},
    }


def numbers(*containers: dict[str, Any], declared: int = 2) -> dict[str, int]:
    return {one["Id"]: number for one, number in numbered(containers, {"web": declared})}


def test_a_container_has_the_number_of_its_label() -> None:
    assert numbers(container("a", 1), container("b", 7)) == {"a": 1, "b": 7}


def test_a_one_off_stands_in_for_the_first_replica_that_does_not_run() -> None:
    assert numbers(container("a", 1), container("x", None)) == {"a": 1, "x": 2}
    assert numbers(container("a", 2), container("x", None)) == {"a": 2, "x": 1}


def test_a_one_off_beside_all_replicas_gets_no_number() -> None:
    assert numbers(container("a", 1), container("b", 2), container("x", None)) == {"a": 1, "b": 2}


def test_of_two_with_one_number_the_newer_counts() -> None:
    assert numbers(container("new", 1, created=2), container("old", 1, created=1)) == {"new": 1}


def test_a_one_off_without_a_number_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    both = [container("a", 1), container("x", None)]
    telling = WithoutNumber()
    with caplog.at_level(logging.WARNING):
        telling.tell(both, {"a"})
        telling.tell(both, {"a"})
        assert caplog.messages == [
            "x gets no links: it is a one-off container of web, and every replica of that runs"
        ]
        telling.tell([], {})
        telling.tell(both, {"a"})
    assert len(caplog.messages) == 2
