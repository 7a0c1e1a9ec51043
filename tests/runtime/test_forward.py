"""forward: ports of the hub's outside lead to nodes, and the answers come back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.root

# `far` knows no way but to its own subnet, `web` has a default route that leads elsewhere.
TEXT = """
x-conlink:
  hosts:
    far: {links: [{bridge: lan, ip: [10.1.0.50/24, "fd00:1::50/64"], forward: "9000:80/udp"}]}
    other: {links: [{bridge: lan, ip: [10.1.0.60/24, "fd00:1::60/64"]}]}
    gone: {links: [{bridge: lan, ip: 10.1.0.70/24MORE}]}
services:
  web:
    network_mode: none
    command: sleep inf
    scale: 2
    x-conlink:
      links:
        - bridge: lan
          ip: [10.1.0.10/24, "fd00:1::10/64"]
          route: [default via 10.1.0.60, "default via fd00:1::60"]
          forward: 8080:80/tcp
"""

SERVE = """import socket
s = socket.socket(socket.AF_INET6, socket.{kind})
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('::', 80))
s.listen() if {tcp} else None
while True:
    c, a = s.accept() if {tcp} else s.recvfrom(99)[::-1][::-1]
    (c.send if {tcp} else lambda t: s.sendto(t, a))(socket.gethostname().encode())
"""
ASK = """import socket
s = socket.socket(socket.{family}, socket.{kind})
s.settimeout(3)
s.connect(('{address}', {port}))
s.send(b'?')
print(s.recv(99).decode())
"""
OUTSIDE = {4: "192.0.2.1", 6: "2001:db8::1"}


class Outside:
    """A namespace that is joined to the hub by a veth, as Docker's network is."""

    def __init__(self, lab: Project) -> None:
        self.lab = lab
        self.name = f"out-{os.getpid()}"
        run("ip", "netns", "add", self.name)
        lab.in_hub("ip", "link", "add", "out0", "type", "veth", "peer", "name", "out1")
        lab.in_hub("ip", "link", "set", "out1", "netns", f"/run/netns/{self.name}")
        for words in ("addr add 192.0.2.1/24 dev out0", "addr add 2001:db8::1/64 dev out0 nodad"):
            lab.in_hub("ip", *words.split())
        lab.in_hub("ip", "link", "set", "out0", "up")
        for words in ("addr add 192.0.2.2/24 dev out1", "addr add 2001:db8::2/64 dev out1 nodad"):
            run("ip", "-n", self.name, *words.split())
        run("ip", "-n", self.name, "link", "set", "out1", "up")

    def asks(self, port: int, family: int = 4, kind: str = "SOCK_STREAM") -> str:
        """Who answers there, or nothing."""
        words = ASK.format(
            family="AF_INET" if family == 4 else "AF_INET6",
            kind=kind,
            address=OUTSIDE[family],
            port=port,
        )
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, "python3", "-c", words],
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()


def run(*argv: str) -> None:
    subprocess.run(argv, check=True)


def serve(lab: Project, node: str, kind: str = "SOCK_STREAM") -> None:
    words = SERVE.format(kind=kind, tcp=kind == "SOCK_STREAM")
    lab.inside(node, "sh", "-c", f'exec python3 -c "{words}" >/dev/null 2>&1 &')
    flag = "-lnt" if kind == "SOCK_STREAM" else "-lnu"
    eventually(lambda: ":80 " in lab.inside(node, "ss", flag))


def declared(more: str = "") -> str:
    return TEXT.replace("MORE", more)


@contextmanager
def outside_of(lab: Project) -> Iterator[Outside]:
    outside = Outside(lab)
    try:
        yield outside
    finally:
        run("ip", "netns", "delete", outside.name)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path, declared()) as lab:
        lab.up()
        yield lab


@pytest.fixture
def outside(lab: Project) -> Iterator[Outside]:
    with outside_of(lab) as outside:
        yield outside


@pytest.mark.parametrize("family", [4, 6])
def test_each_replica_has_its_port(lab: Project, outside: Outside, family: int) -> None:
    serve(lab, "web-1")
    serve(lab, "web-2")
    assert outside.asks(8080, family) == "web-1"
    assert outside.asks(8081, family) == "web-2"
    assert outside.asks(8082, family) == ""
    assert outside.asks(80, family) == ""


@pytest.mark.parametrize("family", [4, 6])
def test_udp_goes_there_and_comes_back(lab: Project, outside: Outside, family: int) -> None:
    serve(lab, "far", "SOCK_DGRAM")
    assert outside.asks(9000, family, "SOCK_DGRAM") == "far"
    assert outside.asks(9000, family) == ""


def test_neighbours_reach_each_other_untouched(lab: Project) -> None:
    """What crosses the bridge goes by none of these rules, even to the same port."""
    seen = "import socket; s = socket.create_server(('', 80)); print(s.accept()[1][0])"
    lab.inside("web-1", "sh", "-c", f'python3 -c "{seen}" >/tmp/{lab.name}-seen 2>/dev/null &')
    eventually(lambda: ":80 " in lab.inside("web-1", "ss", "-lnt"))
    ask = "import socket; socket.create_connection(('10.1.0.10', 80), 3)"
    lab.inside("other", "python3", "-c", ask)
    found = Path(f"/tmp/{lab.name}-seen")
    eventually(lambda: found.read_text() == "10.1.0.60\n")
    found.unlink()


def test_up_has_nothing_more_to_do(lab: Project, outside: Outside) -> None:
    assert "nothing to do" in lab.plan()
    interface = lab.ps()["web-2"]["interfaces"][0]
    assert interface["forward"] == {"8081/tcp": "10.1.0.11:80 [fd00:1::11]:80"}


HARMS = (
    "nft flush ruleset",
    "sysctl -qw net.ipv4.ip_forward=0",
    "ip address flush dev lan",
    "ip route delete 10.1.0.10",
)


@pytest.mark.parametrize("words", HARMS)
def test_harm_in_the_hub_is_put_right(lab: Project, outside: Outside, words: str) -> None:
    serve(lab, "web-1")
    lab.in_hub(*words.split())
    eventually(lambda: outside.asks(8080) == "web-1", 10)
    assert "nothing to do" in lab.plan()


def test_an_edit_changes_that_alone(lab: Project, outside: Outside) -> None:
    serve(lab, "web-2")
    lab.write(declared().replace("8080:80", "8090:80"))
    assert [line.split("#")[0].strip() for line in lab.plan().splitlines()] == [
        f"{verb}  forward (hub):{port}/tcp -> {to} over lan".replace("add  ", "add     ")
        for verb, first in (("remove", 8080), ("add", 8090))
        for port, to in (
            (first, "10.1.0.10:80"),
            (first, "[fd00:1::10]:80"),
            (first + 1, "10.1.0.11:80"),
            (first + 1, "[fd00:1::11]:80"),
        )
    ]
    lab.up()
    assert outside.asks(8091) == "web-2"
    assert outside.asks(8081) == ""


def test_one_more_and_none_at_all(lab: Project, outside: Outside) -> None:
    lab.write(declared(', forward: "7000:80"'))
    lab.up()
    serve(lab, "gone")
    assert outside.asks(7000) == "gone"
    lab.write(declared().replace("forward: 8080:80/tcp", "mtu: 1500").replace("9000:80/udp", ""))
    text = (lab.folder / "compose.yaml").read_text().replace(', forward: ""', "")
    lab.write(text)
    lab.up()
    assert outside.asks(7000) == ""
    assert lab.in_hub("nft", "list", "ruleset") == ""
    assert "169.254" not in lab.in_hub("ip", "address") + lab.inside("web-1", "ip", "route")
    assert "nothing to do" in lab.plan()


def test_a_node_that_restarts_is_reached_again(lab: Project, outside: Outside) -> None:
    lab.run("restart", "web")
    eventually(lambda: all(lab.ps()[f"web-{i}"]["ready"] for i in (1, 2)), 10)
    serve(lab, "web-2")
    assert outside.asks(8081) == "web-2"
