"""The holders of namespace hosts set their sysctls; no engine is needed for that."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.engines.docker.hosts import Hosts
from conlink_compose.topology import Life, Owner, Service

pytestmark = pytest.mark.root

HOST = Service(
    Owner("host", "h1"),
    sysctls=(
        ("net.ipv4.nonsense", "1"),
        ("net.ipv6.conf.all.forwarding", "x"),
        ("net.ipv4.conf.eth0.rp_filter", "2"),
        ("net.ipv4.ip_forward", "1"),
        ("kernel.msgmnb", "4096"),
    ),
)


@pytest.fixture
def life() -> Iterator[Life]:
    (life,) = Hosts().hold([HOST]).values()
    yield life
    pid = int(life.netns.split("/")[2])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_a_host_begins_with_its_sysctls_whatever_is_refused(life: Life) -> None:
    """What is, the runtime finds out, and tells."""
    pid = life.netns.split("/")[2]
    asked = ("/proc/sys/net/ipv4/ip_forward", "/proc/sys/kernel/msgmnb")
    enter = ("nsenter", "--net", "--ipc", "--target", pid)
    done = subprocess.run((*enter, "cat", *asked), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "4096"]
    assert Path(asked[1]).read_text().strip() != "4096"
