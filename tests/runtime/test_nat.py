"""nat: traffic to the address of an interface goes to another one, and its answers come back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

# `server` knows no way to `client`, and `peer` one: both are answered.
TEXT = """
x-conlink:
  hosts:
    client: {links: [{bridge: wan, ip: [10.0.0.3/24, "fd00::3/64"]}]}
    r:
      sysctls: {net.ipv4.ip_forward: 1, net.ipv6.conf.all.forwarding: 1}
      links:
        - {bridge: wan, dev: wan, ip: [10.0.0.2/24], nat: SERVER}
        - {bridge: wan, dev: wan6, ip: ["fd00::2/64"], nat: "fd01::9"}
        - {bridge: lan, dev: lan, ip: [10.1.0.1/24, "fd01::1/64"]}
    server: {links: [{bridge: lan, ip: [10.1.0.9/24, "fd01::9/64"]}]}
    peer: {links: [{bridge: lan, ip: [10.1.0.8/24], route: default via 10.1.0.1}]}
"""

LISTEN = (
    "import socket; s = socket.create_server(('', 80)); c, a = s.accept(); c.send(a[0].encode())"
)
ASK = "import socket; print(socket.create_connection(('{}', 80), 3).recv(99).decode())"


def declared(server: str = "10.1.0.9", more: str = "") -> str:
    return TEXT.replace("SERVER", server) + more


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path, declared()) as lab:
        lab.up()
        yield lab


def pings(lab: Project, address: str, node: str = "client") -> bool:
    found = lab.run("exec", node, "ping", "-c1", "-W2", address, check=False)
    return found.returncode == 0


def source(lab: Project, listener: str, asker: str, address: str) -> str:
    """As whom `listener` sees what `asker` sends to `address`."""
    lab.inside(listener, "sh", "-c", f'python3 -c "{LISTEN}" >/dev/null 2>&1 &')
    eventually(lambda: ":80 " in lab.inside(listener, "ss", "-ltn"))
    return lab.inside(asker, "python3", "-c", ASK.format(address)).strip()


def rules(lab: Project, node: str = "r") -> str:
    return lab.inside(node, "nft", "-s", "list", "ruleset")


def test_traffic_goes_there_and_its_answers_come_back(lab: Project) -> None:
    assert pings(lab, "10.0.0.2")
    assert pings(lab, "fd00::2")
    assert source(lab, "server", "client", "10.0.0.2") == "10.1.0.1"
    assert "nothing to do" in lab.plan()


def test_what_the_other_sends_comes_from_the_address(tmp_path: Path) -> None:
    with project(tmp_path, declared("10.1.0.8")) as lab:
        lab.up()
        assert source(lab, "client", "peer", "10.0.0.3") == "10.0.0.2"


def test_what_is_flushed_by_hand_is_put_back(lab: Project) -> None:
    before = rules(lab)
    lab.inside("r", "nft", "flush", "ruleset")
    eventually(lambda: rules(lab) == before, 3)
    assert pings(lab, "10.0.0.2")
    lab.inside("r", "nft", "add", "table", "ip", "theirs")
    lab.inside("r", "nft", "flush", "chain", "inet", before.split()[2], "prerouting")
    eventually(lambda: "dnat ip to 10.1.0.9" in rules(lab), 3)
    assert "table ip theirs" in rules(lab)


def test_an_edit_changes_that_alone(lab: Project) -> None:
    lab.write(declared("10.1.0.8"))
    plan = lab.plan()
    assert [line.split("#")[0].strip() for line in plan.splitlines()] == [
        "change  nat 10.0.0.2 -> 10.1.0.8 on r:wan"
    ]
    assert "to 10.1.0.9 -> 10.1.0.8" in plan
    lab.up()
    assert "dnat ip to 10.1.0.8" in rules(lab)
    assert "10.1.0.9" not in rules(lab)
    assert "nothing to do" in lab.plan()


def test_what_is_no_longer_declared_goes_away(lab: Project) -> None:
    lab.write(declared().replace(", nat: 10.1.0.9", "").replace(', nat: "fd01::9"', ""))
    lab.up()
    assert rules(lab) == ""
    assert not pings(lab, "fd00::3", "server")
    assert "nothing to do" in lab.plan()


def test_it_is_there_again_after_a_restart_of_the_node(lab: Project) -> None:
    before = rules(lab)
    lab.run("restart", "r")
    eventually(lambda: lab.ps()["r"]["ready"], 10)
    assert rules(lab) == before
    assert pings(lab, "10.0.0.2")


def test_status_says_it(lab: Project) -> None:
    interfaces = {one["name"]: one for one in lab.ps()["r"]["interfaces"]}
    assert interfaces["wan"]["nat"] == {"10.0.0.2": "10.1.0.9"}
    assert interfaces["lan"]["nat"] == {}
    plan = json.loads(lab.run("plan", "--format", "json").stdout)
    assert plan["operations"] == []
