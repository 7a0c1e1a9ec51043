"""Containers come and go in numbers: what is there is what is desired each time, asked of `ip`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from ipaddress import ip_interface
from pathlib import Path

import pytest

from conlink_compose.engines.docker import labels
from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of

MANY, FEW, MORE = 50, 5, 80
RESTARTED = 20

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
services:
  node:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    scale: MANY
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.10/24}]}
"""


def is_as_desired(lab: Lab, count: int) -> bool:
    """`count` containers run; each has its own link and no other; the hub's ports are theirs."""
    containers = lab.containers("node")
    assert len(containers) == count
    for one in containers:
        number = labels.replica_of(one["Labels"])
        assert number
        address = ip_interface("10.0.0.10/24") + (number - 1)
        assert lab.interfaces(one["Id"]) == {"eth0": {f"{address.ip}/24"}}, one["Names"]
        (lo,) = lab.ip(one["Id"], "link", "show", "dev", "lo")
        assert lo["ifalias"] == "conlink:ready"
    ports = {f"node_{labels.replica_of(one['Labels'])}-eth0" for one in containers}
    assert lab.ports() == ports
    for port in lab.ip(lab.id_of("conlink-hub"), "link", "show", "master", "lan"):
        assert port["operstate"] == "UP"
    return True


def check(lab: Lab, count: int) -> None:
    eventually(lambda: is_as_desired(lab, count), 120.0)


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, tmp_path: Path) -> Iterator[Lab]:
    with lab_of(engine, tmp_path, FILE.replace("MANY", str(MANY))) as lab:
        yield lab


def test_many_at_once_then_few_then_more_then_restarts_kills_and_recreation(lab: Lab) -> None:
    up = lab.up()
    assert f"{MANY} of {MANY} links" in up.stderr
    check(lab, MANY)
    for count in (FEW, MORE):
        lab.up("--scale", f"node={count}")
        check(lab, count)
    some = random.Random(MORE).sample([one["Id"] for one in lab.containers("node")], RESTARTED)
    lab.docker("restart", "-t", "0", *some)
    check(lab, MORE)
    lab.docker("kill", *some[: RESTARTED // 2])
    check(lab, MORE - RESTARTED // 2)
    lab.up("--scale", f"node={FEW}", "--force-recreate")
    check(lab, FEW)


def test_plain_compose_scales_beyond_what_is_declared_where_numbers_fit(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    text = FILE.replace("MANY", "2").replace("10.0.0.10/24", "10.0.0.10/28")
    with lab_of(engine, tmp_path, text) as lab:
        lab.up()
        lab.compose("up", "-d", "--scale", "node=7")
        eventually(lambda: "node-6 gets no links: 10.0.0.10/28 plus 5 leaves" in lab.log())
        eventually(lambda: "node-7 gets no links" in lab.log())
        containers = lab.containers("node")
        addresses = [lab.interfaces(one["Id"]) for one in containers]
        assert addresses == [*({"eth0": {f"10.0.0.{10 + n}/28"}} for n in range(5)), {}, {}]
        assert len(lab.ports()) == 5
        lab.docker("restart", "-t", "0", containers[1]["Id"])  # all else goes on
        eventually(lambda: len(lab.ports()) == 5)
        eventually(lambda: lab.interfaces(containers[1]["Id"]) == {"eth0": {"10.0.0.11/28"}})
        assert lab.log().count("node-6 gets no links") == 1


def test_a_node_that_dies_and_comes_back_at_once_is_linked_ten_times_of_ten(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    """What is heard of a death may be late, and its interface be there still."""
    with lab_of(engine, tmp_path, FILE.replace("MANY", "2")) as lab:
        lab.up()
        for _ in range(10):
            first = lab.id_of("node")
            lab.docker("kill", first)
            lab.docker("start", first)
            eventually(lambda: is_as_desired(lab, 2), 20.0)
        for _ in range(3):
            lab.docker("rm", "-f", lab.id_of("node"))
            lab.compose("up", "-d", "node")
            eventually(lambda: is_as_desired(lab, 2), 20.0)
        assert "WARNING" not in lab.log()
