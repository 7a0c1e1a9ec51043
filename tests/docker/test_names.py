"""Containers that we linked find each other by name."""

from __future__ import annotations

from pathlib import Path

from conlink_compose.engines.docker.names import BEGIN, END
from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
services:
  a:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    user: "1000"
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    read_only: true
    scale: 2
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.10/24}]}
"""


def hosts_file(lab: Lab, service: str, number: int = 1) -> str:
    return lab.docker("exec", lab.id_of(service, number), "cat", "/etc/hosts")


def block(text: str) -> list[str]:
    """The lines of our block; none where there is none."""
    return text.partition(BEGIN)[2].partition(END)[0].splitlines()


def refused(lab: Lab, name: str) -> str:
    """What user 1000 is told whose packets reach `name`: busybox lets nobody else ping."""
    script = f"nc -w5 {name} 9 2>&1 || true"
    said = lab.docker("exec", lab.id_of("a"), "sh", "-c", script)
    assert "Connection refused" in said, said
    return said


def test_by_service_and_by_node_and_as_nodes_come_and_go(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    with lab_of(engine, tmp_path, FILE) as lab:
        lab.up()
        assert "10.0.0.10" in refused(lab, "b")
        assert "10.0.0.11" in refused(lab, "b-2")
        lab.docker("exec", "-u", "0", lab.id_of("a"), "ping", "-c1", "-W5", "b")
        lab.docker("exec", lab.id_of("b"), "ping", "-c1", "-W5", "a")
        both = ["10.0.0.1\ta a-1", "10.0.0.10\tb b-1", "10.0.0.11\tb b-2"]
        before = hosts_file(lab, "a")
        assert block(before) == block(hosts_file(lab, "b", 2)) == both
        assert "localhost" in before.partition(BEGIN)[0]
        lab.docker("kill", lab.id_of("b", 2))
        eventually(lambda: block(hosts_file(lab, "a")) == both[:2])
        lab.docker("restart", "-t", "0", lab.id_of("a"))
        eventually(lambda: block(hosts_file(lab, "a")) == both[:2])
        lab.compose("up", "-d", "--scale", "b=3")
        eventually(lambda: block(hosts_file(lab, "b", 3)) == [*both, "10.0.0.12\tb b-3"])
        assert hosts_file(lab, "a").partition(BEGIN)[0] == before.partition(BEGIN)[0]


def test_nothing_where_names_is_false_nor_in_a_file_of_the_users(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    (tmp_path / "hosts").write_text("10.9.9.9 mine\n")
    mounted = FILE.replace('user: "1000"', "volumes: [./hosts:/etc/hosts]")
    with lab_of(engine, tmp_path, mounted) as lab:
        lab.up()
        eventually(lambda: len(block(hosts_file(lab, "b"))) == 3)
        assert (tmp_path / "hosts").read_text() == "10.9.9.9 mine\n"
        lab.write(mounted.replace("x-conlink:\n", "x-conlink:\n  runtime: {names: false}\n", 1))
        lab.up()
        eventually(lambda: BEGIN not in hosts_file(lab, "b"))
        assert "localhost" in hosts_file(lab, "b")
