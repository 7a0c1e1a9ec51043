"""What links can be told beside addresses and routes, in real containers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of

NODE = """
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000000"""
FILE = f"""
x-conlink:
  bridges:
    lan: {{mode: linux, subnet: 10.0.0.0/24}}
    cable: {{mode: patch}}
services:
  a:{NODE}
    x-conlink:
      links:
        - {{bridge: lan, ip: 10.0.0.1/24, netem: rate 20mbit, isolated: true}}
        - {{bridge: cable, dev: eth1, ip: 10.1.0.1/24}}
        - {{type: macvlan, outer-dev: PARENT, dev: eth2, ip: 10.2.0.1/24}}
  b:{NODE}
    sysctls: {{net.ipv4.ip_forward: 1}}
    x-conlink:
      links:
        - {{bridge: lan, ip: 10.0.0.2/24, ethtool: --offload tx off, nat: 10.0.0.3}}
        - {{bridge: cable, dev: eth1, ip: 10.1.0.2/24}}
        - {{type: macvlan, outer-dev: PARENT, dev: eth2, ip: 10.2.0.2/24}}
  web:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sh -c 'mkdir /www; echo found >/www/index.html; httpd -f -h /www -p 80'
    x-conlink:
      links:
        - {{bridge: lan, ip: 10.0.0.3/24, forward: 18080:80/tcp}}
"""


def _in_engines_network(lab: Lab, *words: str) -> str:
    """Run a program of the machine where dockerd runs."""
    run = Path(lab.engine.host.removeprefix("unix://")).parent
    pid = (run / "docker.pid").read_text().strip() if (run / "docker.pid").exists() else "1"
    enter = ["nsenter", "-t", pid, "-n", *words]
    return subprocess.run(enter, check=True, capture_output=True, text=True).stdout


@contextmanager
def _parent(lab: Lab) -> Iterator[str]:
    """An interface of the engine's machine, which leads nowhere."""
    name = f"p{lab.name[-10:]}"
    _in_engines_network(lab, "ip", "link", "add", name, "type", "ifb")
    _in_engines_network(lab, "ip", "link", "set", name, "up")
    try:
        yield name
    finally:
        _in_engines_network(lab, "ip", "link", "delete", name)


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, tmp_path: Path) -> Iterator[Lab]:
    del network_image
    with lab_of(engine, tmp_path, "") as lab, _parent(lab) as parent:
        lab.write(FILE.replace("PARENT", parent))
        lab.up()
        yield lab
        lab.run("down", "-t", "0")


def _pings(lab: Lab, node: str, address: str) -> bool:
    return (
        lab.run("exec", "-T", node, "ping", "-c", "3", "-W", "1", address, check=False).returncode
        == 0
    )


def test_all_of_it(lab: Lab) -> None:
    a, b = lab.id_of("a"), lab.id_of("b")
    assert _pings(lab, "a", "10.1.0.2"), "through a patch"
    assert _pings(lab, "a", "10.2.0.2"), "on an interface of the machine"
    assert _pings(lab, "a", "10.0.0.2"), "what is translated"
    (qdisc,) = lab.json(a, "tc", "-j", "qdisc", "show", "dev", "eth0")
    assert qdisc["kind"] in ("netem", "tbf")
    assert "tx-checksumming: off" in lab.shown(b, "ethtool", "-k", "eth0")
    rules = json.dumps(lab.json(b, "nft", "-j", "list", "ruleset"))
    assert "10.0.0.3" in rules
    eventually(lambda: _fetched(lab) == "found\n")
    lab.run("link", "a:eth1", "down")
    assert not _pings(lab, "b", "10.1.0.1")
    lab.run("reset")
    assert _pings(lab, "b", "10.1.0.1")
    lab.docker("restart", "-t", "0", a)
    eventually(lambda: _pings(lab, "b", "10.2.0.1") and _pings(lab, "b", "10.1.0.1"))


def _fetched(lab: Lab) -> str:
    """By the port of the engine's machine."""
    fetch = "urllib.request.urlopen('http://127.0.0.1:18080/', timeout=3).read().decode()"
    program = f"import urllib.request; print({fetch}, end='')"
    return _in_engines_network(lab, "python3", "-c", program)
