"""The runtime in a container that is no service of ours, and containers outside the project."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from conlink_compose.render.injected import CAPABILITIES, SOCKET
from tests.docker.conftest import Engine
from tests.project import eventually

HOSTS = """
x-conlink:
  hosts:
    here: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  commands:
    - {host: here, command: "echo 1 >/proc/sys/net/ipv4/ip_forward; ls /sys/class/net; hostname"}
"""


@contextmanager
def container(
    engine: Engine, image: str, *argv: str, name: str | None = None, **how: Any
) -> Iterator[str]:
    """Its id, while it runs."""
    client = engine.client
    config = client.create_host_config(**how)
    made = client.create_container(image, list(argv), name=name, host_config=config)["Id"]
    try:
        client.start(made)
        yield made
    finally:
        client.remove_container(made, force=True)


@contextmanager
def runtime(engine: Engine, image: str, text: str, folder: Path) -> Iterator[str]:
    (folder / "network.yaml").write_text(text)
    how = {
        "network_mode": "none",
        "pid_mode": "host",
        "cap_drop": ["ALL"],
        "cap_add": list(CAPABILITIES),
        "binds": [f"{SOCKET}:{SOCKET}", f"{folder}:/test:ro"],
    }
    with container(engine, image, "--network-file", "/test/network.yaml", **how) as made:
        yield made


def said(engine: Engine, made: str) -> str:
    text: str = engine.client.logs(made).decode()
    return text


def inside(engine: Engine, made: str, *argv: str) -> tuple[int, str]:
    client = engine.client
    run = client.exec_create(made, list(argv))["Id"]
    out = client.exec_start(run).decode()
    return client.exec_inspect(run)["ExitCode"], out


def test_mistakes_end_it_with_their_places(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    with runtime(engine, network_image, HOSTS.replace("ip:", "pi:"), tmp_path) as made:
        assert engine.client.wait(made, timeout=60)["StatusCode"] == 1
        assert "/test/network.yaml:4:34: error[unknown-key]" in said(engine, made)
        assert "^^" in said(engine, made)


def test_a_host_has_its_own_sysctls_and_devices(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    with runtime(engine, network_image, HOSTS, tmp_path) as made:
        eventually(lambda: "here | here" in said(engine, made), 60)
        assert {"here | eth0", "here | lo"} <= {
            line.partition(": ")[2] for line in said(engine, made).splitlines()
        }
        assert "WARNING" not in said(engine, made)
        # The container, whose files it uses, sees neither.
        read_only = inside(engine, made, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        assert "Read-only" in read_only[1]
        assert "eth0" not in inside(engine, made, "ls", "/sys/class/net")[1].split()


@pytest.mark.parametrize("restarted", ["node", "runtime"])
def test_another_life_is_linked_again(
    engine: Engine, network_image: str, tmp_path: Path, restarted: str
) -> None:
    name = f"by-hand.{uuid4().hex[:8]}"
    link = f"  links: [{{container: {name}, bridge: lan, dev: x0, ip: 10.0.0.2/24}}]\n"
    near_name = container(engine, "alpine", "sleep", "600", name=f"{name}-2", network_mode="none")
    with (
        near_name as other,
        container(engine, "alpine", "sleep", "600", name=name, network_mode="none") as node,
        runtime(engine, network_image, HOSTS + link, tmp_path) as made,
    ):
        ping = ("ping", "-c", "1", "-W", "1", "10.0.0.1")
        eventually(lambda: inside(engine, node, *ping)[0] == 0, 60)
        again = {"node": node, "runtime": made}[restarted]
        engine.client.restart(again, timeout=1)
        eventually(lambda: inside(engine, node, *ping)[0] == 0, 60)
        assert "x0" not in inside(engine, other, "ip", "link")[1]


def test_a_project_links_a_container_outside_of_it(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    name = f"outside-{uuid4().hex[:8]}"
    (tmp_path / "compose.yaml").write_text(
        "services:\n"
        "  web:\n"
        "    image: alpine\n"
        "    network_mode: none\n"
        "    command: sleep 600\n"
        "    scale: 2\n"
        "    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}\n"
        "x-conlink:\n"
        "  links:\n"
        f"    - {{container: {name}, bridge: lan, dev: x0, ip: 10.0.0.9/24}}\n"
        "    - {container: web-2, bridge: lan, dev: x1, ip: 10.0.1.1/24}\n"
    )
    with container(engine, "alpine", "sleep", "600", name=name) as outside:
        conlink = [sys.executable, "-m", "conlink_compose", "--engine", "docker", "-p", name]

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [*conlink, *words],
                cwd=tmp_path,
                env=engine.environment,
                capture_output=True,
                text=True,
                check=False,
            )

        try:
            up = run("up", "-d")
            assert up.returncode == 0, up.stderr
            for address in ("10.0.0.1", "10.0.0.2"):
                assert inside(engine, outside, "ping", "-c", "1", address)[0] == 0
            assert "10.0.1.1/24" in run("exec", "--index", "2", "web", "ip", "addr").stdout
            assert "x1" not in run("exec", "--index", "1", "web", "ip", "addr").stdout
        finally:
            run("down", "-t", "1")
        eventually(lambda: "x0" not in inside(engine, outside, "ip", "link")[1], 60)
