"""A supervisor that runs out of descriptors says so, leaks none, and burns no processor."""

import itertools
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conlink_compose.engines import Wanted
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.folder import connect
from conlink_compose.workload import Workload
from tests.engines.sandbox.supervisor import supervisor_pid

from .conftest import Lab

Make = Callable[..., Workload]


def descriptors(pid: int) -> list[int]:
    return [int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()]


@contextmanager
def room_for(pid: int, count: int) -> Iterator[None]:
    """So many more descriptors than now can be opened, and no more."""
    used = set(descriptors(pid))
    free = (number for number in itertools.count() if number not in used)
    limit = next(itertools.islice(free, count, None))
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # of user and system, in USER_HZ


@pytest.mark.parametrize("room", range(2, 13))
def test_a_node_for_which_there_is_no_room_fails_and_leaks_nothing(
    lab: Lab, host: Make, room: int
) -> None:
    lab.up(host("h1"))
    pid = supervisor_pid(lab.control)
    time.sleep(0.05)  # for the last client's to be closed
    before = sorted(descriptors(pid))
    problem: str | None = ""
    with room_for(pid, room):
        try:
            lab.apply(host("h1"), host("h2"))
            lab.wait(lambda: lab.state("h2") in ("failed", "waiting"))
            problem = lab.status("h2").problem
        except SandboxError as error:  # not even its /etc/hosts
            problem = str(error)
    assert not problem or "Too many open files" in problem
    assert lab.state("h1") == "running"
    lab.control.apply(Wanted([host("h1")], remove_orphans=True))
    lab.wait(lambda: len(lab.control.nodes()) == 1)
    lab.wait(lambda: sorted(descriptors(pid)) == before)


def test_a_client_for_whom_there_is_no_room_waits_and_costs_nothing(lab: Lab) -> None:
    lab.start()
    pid = supervisor_pid(lab.control)
    with room_for(pid, 0):
        client = connect(lab.folder)
        client.settimeout(5)
        client.sendall(b'{"verb": "nodes"}\n')
        begun = processor_seconds(pid)
        time.sleep(0.5)
        assert processor_seconds(pid) - begun < 0.1
    assert client.recv(100).startswith(b'{"ok":true')
    client.close()
