"""A thread comes back from every visit."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.linux.namespaces import (
    identity,
    identity_at,
    in_each_network,
    in_new_network,
    open_namespace,
)

pytestmark = pytest.mark.root

HERE = "/proc/thread-self/ns/net"


def where() -> str:
    return str(Path(HERE).readlink())


@pytest.fixture
def two() -> Iterator[tuple[int, int]]:
    """Descriptors of two new network namespaces."""
    made = tuple(in_new_network(lambda: open_namespace(HERE)) for _ in range(2))
    yield made[0], made[1]
    for fd in made:
        os.close(fd)


def test_coming_back_after_a_visit(two: tuple[int, int]) -> None:
    home = where()
    seen = in_each_network(two, where)
    assert where() == home
    assert len({home, *seen}) == 3


def test_coming_back_from_what_is_no_namespace() -> None:
    home = where()
    with open("/dev/null") as nothing:  # noqa: PTH123
        (refused,) = in_each_network([nothing.fileno()], where)
    assert isinstance(refused, OSError)
    assert where() == home


def test_coming_back_from_where_nothing_could_be_made(two: tuple[int, int]) -> None:
    def fail() -> None:
        raise OSError("no room")

    home = where()
    first, second = in_each_network(two, fail)
    assert isinstance(first, OSError)
    assert isinstance(second, OSError)
    assert where() == home


def test_coming_back_from_a_new_namespace() -> None:
    home = where()
    in_new_network(socket.socket).close()
    assert where() == home


def test_an_identity_is_the_namespaces_and_not_the_descriptors(two: tuple[int, int]) -> None:
    path = f"/proc/self/fd/{two[0]}"
    again = open_namespace(path)
    try:
        assert identity(again) == identity_at(path) == identity(two[0]) != identity(two[1])
    finally:
        os.close(again)
