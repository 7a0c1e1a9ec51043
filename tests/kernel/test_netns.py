"""A thread comes back from every visit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conlink_compose.kernel.netns import identity, route_sockets, scratch_socket
from conlink_compose.state import HUB
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root


def where() -> str:
    return str(Path("/proc/thread-self/ns/net").readlink())


def test_coming_back_after_a_visit(lab: Lab) -> None:
    home = where()
    made = route_sockets([lab.netns[HUB], lab.netns["a"]])
    assert where() == home
    for one in made:
        assert not isinstance(one, OSError)
        one.close()


def test_coming_back_from_what_is_no_namespace() -> None:
    home = where()
    with open("/dev/null") as nothing:  # noqa: PTH123
        (refused,) = route_sockets([nothing.fileno()])
    assert isinstance(refused, OSError)
    assert where() == home


def test_coming_back_from_a_new_namespace() -> None:
    home = where()
    scratch_socket().close()
    assert where() == home


def test_an_identity_is_the_namespaces_and_not_the_descriptors(lab: Lab) -> None:
    again = os.open(lab.path("a"), os.O_RDONLY)
    try:
        assert identity(again) == identity(lab.netns["a"]) != identity(lab.netns["b"])
    finally:
        os.close(again)
