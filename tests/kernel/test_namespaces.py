"""Which nodes are gone, and which only seem so for a moment."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conlink_compose.kernel import Observation
from conlink_compose.state import End, Interface
from tests.kernel.lab import Lab, add_wire

pytestmark = pytest.mark.root


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_known_node_is_observed_without_any_descriptor(lab: Lab) -> None:
    lab.observe()
    with no_descriptor_left():
        seen = lab.observe()
    assert seen.gone == frozenset()
    assert lab.kernel.apply(()) == ()


def test_a_new_node_for_which_no_descriptor_is_left_is_not_gone(lab: Lab) -> None:
    lab.kernel.observe({"a": lab.path("a")})
    with no_descriptor_left(), pytest.raises(OSError, match="Too many open files"):
        lab.observe()
    assert lab.observe().gone == frozenset()


def test_a_known_node_whose_path_cannot_be_followed_is_kept(lab: Lab, tmp_path: Path) -> None:
    lab.observe()
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert lab.kernel.observe({"a": str(loop), "b": lab.path("b")}).gone == frozenset()


def test_an_exited_process_is_gone(lab: Lab) -> None:
    with subprocess.Popen(("nsenter", f"--net={lab.path('a')}", "cat"), stdin=-1) as process:
        paths = {"a": f"/proc/{process.pid}/ns/net", "b": lab.path("b")}
        assert not process.poll()
        process.communicate()
    assert lab.kernel.observe(paths).reasons == {"a": errno.ENOENT}


def test_a_number_that_is_given_to_another_namespace_later_names_that_one(
    lab_of: Callable[..., Lab],
) -> None:
    lab = lab_of("a", "b", "c")
    lab.kernel.observe({name: lab.path(name) for name in ("a", "b")})
    assert lab.kernel.apply((add_wire("a", "b", "first"),)) == ()
    number = _nsid(lab, "first")
    seen = lab.kernel.observe({name: lab.path(name) for name in ("a", "b")})
    assert _peer(seen, "first") == End("b", "first")
    os.close(lab.fds.pop("b"))
    lab.kernel.observe({"a": lab.path("a")})
    while lab.link("a", "first"):  # The kernel clears a namespace away in its own time.
        time.sleep(0.01)
    assert lab.kernel.observe(lab.paths).gone == frozenset()
    assert lab.kernel.apply((add_wire("a", "c", "second"),)) == ()
    assert _nsid(lab, "second") == number
    assert _peer(lab.observe(), "second") == End("c", "second")


def _nsid(lab: Lab, name: str) -> int:
    link = lab.link("a", name)
    assert link
    number: int = link["link_netnsid"]
    return number


def _peer(seen: Observation, name: str) -> End | None:
    found = seen.state.things["interface", "a", name]
    assert isinstance(found, Interface)
    return found.peer
