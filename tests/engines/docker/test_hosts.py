"""The holders of namespace hosts set their sysctls; no engine is needed for that."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.engines.docker.hosts import Hosts, late_sysctls
from conlink_compose.topology import Life, Owner, Service

pytestmark = pytest.mark.root

SETTINGS = (
    ("net.ipv4.ip_forward", "1"),
    ("net.ipv4.conf.eth0.rp_filter", "2"),
    ("net.ipv4.nonsense", "1"),
    ("net.ipv6.conf.all.forwarding", "x"),
)
HOST = Service(Owner("host", "h1"), sysctls=SETTINGS)


@pytest.fixture
def life() -> Iterator[Life]:
    (life,) = Hosts().hold([HOST]).values()
    yield life
    pid = int(life.netns.split("/")[2])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_a_host_begins_with_its_sysctls_and_what_is_refused_is_told(
    caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    before = Path("/proc/sys/net/ipv4/ip_forward").read_text()
    with caplog.at_level(logging.WARNING):
        life: Life = request.getfixturevalue("life")
    forwards = os.popen(f"nsenter --net={life.netns} cat /proc/sys/net/ipv4/ip_forward").read()
    assert forwards == "1\n"
    assert Path("/proc/sys/net/ipv4/ip_forward").read_text() == before
    assert [record.getMessage() for record in caplog.records] == [
        "h1: cannot set the sysctl net.ipv4.nonsense: No such file or directory",
        "h1: cannot set the sysctl net.ipv6.conf.all.forwarding: Invalid argument",
    ]


def test_one_of_an_interface_is_set_when_the_links_are_up() -> None:
    (command,) = late_sysctls([HOST])
    assert command.owner == HOST.owner
    assert command.argv[-1] == "printf %s 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter"
