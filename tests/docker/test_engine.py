"""What the other tests stand on: an engine, base images, every Compose."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.docker.conftest import BASES, Compose, Engine
from tests.docker.lab import eventually

TWO_SERVICES = """\
version: "3.7"
services:
  a: {image: alpine, network_mode: none, command: "sh -c 'echo I am a'"}
  b: {image: "debian:bookworm-slim", command: "sh -c 'echo I am b'"}
"""


@pytest.mark.parametrize("base", BASES)
def test_base_runs(engine: Engine, base: str) -> None:
    assert (
        engine.run(base, "sh", "-c", "ls -d /etc && echo $((6 * 7)) | sed s/4/f/") == "/etc\nf2\n"
    )


@pytest.mark.parametrize("base", BASES)
def test_base_runs_for_any_user(engine: Engine, base: str) -> None:
    assert (
        engine.run(base, "sh", "-c", "id -u && cat /etc/hostname >/dev/null", user="1000")
        == "1000\n"
    )


def test_added_capability_is_there(engine: Engine) -> None:
    script = "ip link add v0 type veth && ip -o link show v0"
    assert "v0@" in engine.run("alpine", "sh", "-c", script, cap_add=["NET_ADMIN"])


def test_socket_lies_where_compose_files_mount_it_from(engine: Engine) -> None:
    socket = "/var/run/docker.sock"
    assert engine.run("alpine", "test", "-S", socket, binds=[f"{socket}:{socket}"]) == ""


def test_machine_sees_process_of_container(engine: Engine) -> None:
    container = engine.client.create_container("alpine", ["sleep", "60"])["Id"]
    try:
        engine.client.start(container)
        pid = engine.client.inspect_container(container)["State"]["Pid"]
        # Between its start and its exec it has no command line.
        eventually(lambda: Path(f"/proc/{pid}/cmdline").read_text() == "sleep\x0060\x00")
    finally:
        engine.client.remove_container(container, force=True)


def test_compose(compose: Compose, tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(TWO_SERVICES)
    assert compose.version in compose("version", cwd=tmp_path).stdout
    try:
        up = compose("up", cwd=tmp_path)
        assert up.returncode == 0, up.stderr
        assert "I am a" in up.stdout
        assert "I am b" in up.stdout
    finally:
        down = compose("down", "-v", cwd=tmp_path)
    assert down.returncode == 0, down.stderr


def test_compose_as_a_plugin(engine: Engine) -> None:
    command = ["docker", "compose", "version", "--short"]
    shown = subprocess.run(
        command, env=engine.environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip().removeprefix("v") == "2.40.3"
