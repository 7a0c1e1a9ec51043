"""The network image, built without a network on a real engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from docker import APIClient

from conlink_compose.image.build import CONTENT_LABEL, ImageBuildError, build, is_current
from conlink_compose.image.context import content_hash, own_files, requirements
from tests.docker.conftest import CHECKOUT, PACKAGES, Engine

SIZE_AT_MOST = 190_000_000

IMPORTS = """
import conlink_compose.kernel, conlink_compose.runtime.controller
import conlink_compose.reading, conlink_compose.engines.sandbox
from conlink_compose.language.schema import schema_text
assert schema_text()
print("imported")
"""

VERSIONS = """
from importlib.metadata import version
import sys
for wanted in sys.argv[1:]:
    name, _, number = wanted.partition("==")
    assert version(name) == number, (wanted, version(name))
"""


HASH = """
from conlink_compose.image.context import content_hash, own_files
print(content_hash(own_files(), "base"), __import__("conlink_compose").__file__)
"""


def test_wheel_gives_the_image_of_the_checkout(tmp_path: Path) -> None:
    uv = CHECKOUT / ".ci" / "uv"
    installed = tmp_path / "installed"
    build_wheel = [uv, "build", "-q", "--wheel", "--out-dir", tmp_path, CHECKOUT]
    subprocess.run(build_wheel, check=True)
    install = [uv, "pip", "install", "-q", "--no-deps", "--target", installed]
    subprocess.run([*install, *tmp_path.glob("*.whl")], check=True)
    shown = subprocess.run(
        [sys.executable, "-c", HASH],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    content, package = shown.stdout.split()
    assert Path(package).is_relative_to(installed)
    assert content == content_hash(own_files(), "base")


def test_size(engine: Engine, network_image: str) -> None:
    assert engine.client.inspect_image(network_image)["Size"] < SIZE_AT_MOST


def test_runtime_can_be_imported(engine: Engine, network_image: str) -> None:
    assert engine.run(network_image, "python3", "-c", IMPORTS, read_only=True) == "imported\n"


def test_entrypoint_is_the_runtime(engine: Engine, network_image: str) -> None:
    config = engine.client.inspect_image(network_image)["Config"]
    assert config["Entrypoint"] == ["python3", "-m", "conlink_compose.runtime"]
    assert not config["User"]
    assert not config["Cmd"]


def test_python_packages_are_those_of_the_builder(engine: Engine, network_image: str) -> None:
    engine.run(network_image, "python3", "-c", VERSIONS, *requirements())


def test_everything_is_compiled(engine: Engine, network_image: str) -> None:
    script = "test -e /opt/conlink-compose/conlink_compose/kernel/__pycache__/kernel.cpython-3*.pyc"
    engine.run(network_image, "sh", "-c", script)


@pytest.mark.parametrize(
    "command", ["ip -V", "tc -V", "ovs-vswitchd --version", "ovsdb-tool create /tmp/db"]
)
def test_programs(engine: Engine, network_image: str, command: str) -> None:
    engine.run(network_image, *command.split())


@pytest.mark.parametrize(
    "folder", ["/usr/share/doc", "/usr/share/man", "/var/lib/apt/lists", "/var/cache/apt", "/tmp"]
)
def test_nothing_is_left_behind(engine: Engine, network_image: str, folder: str) -> None:
    assert engine.run(network_image, "find", folder, "-type", "f") == ""
    assert engine.run(network_image, "sh", "-c", "ls -d /system 2>/dev/null || true") == ""


def test_labels(engine: Engine, network_image: str) -> None:
    labels = engine.client.inspect_image(network_image)["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == "conlink-compose"
    assert labels["org.opencontainers.image.base.name"] == "debian:bookworm-slim"
    assert len(labels[CONTENT_LABEL]) == 64


def test_built_once(engine: Engine, network_image: str) -> None:
    before = engine.client.inspect_image(network_image)["Id"]
    assert is_current(engine.client)
    assert any(
        "Using cache" in line for line in build(engine.client, packages=PACKAGES, network="none")
    )
    assert engine.client.inspect_image(network_image)["Id"] == before


def test_of_another_base_is_not_current(engine: Engine, network_image: str) -> None:
    assert not is_current(engine.client, base="debian:trixie-slim")


def test_not_there_is_not_current(engine: Engine) -> None:
    assert not is_current(engine.client, image="conlink-compose:none")


def test_base_that_cannot_be_had(engine: Engine) -> None:
    with pytest.raises(ImageBuildError) as refused:
        list(build(engine.client, base="localhost:1/nobody/has:this"))
    assert "the base image localhost:1/nobody/has:this is not on this engine" in str(refused.value)
    assert "docker load" in str(refused.value)


def test_base_that_has_no_apt(engine: Engine) -> None:
    with pytest.raises(ImageBuildError) as refused:
        list(build(engine.client, base="busybox", image="conlink-compose:none", network="none"))
    assert "none cannot be built: the base has no apt-get" in str(refused.value)
    assert "returned a non-zero code: 1" in str(refused.value)


def test_nothing_at_hand_and_no_network(engine: Engine) -> None:
    with pytest.raises(ImageBuildError) as refused:
        list(build(engine.client, image="conlink-compose:none", network="none"))
    assert "none cannot be built: E: " in str(refused.value)
    assert "packages at hand, in debs/ and wheels/ of a folder" in str(refused.value)


def test_engine_that_does_not_answer() -> None:
    silent = APIClient(base_url="unix:///nonexistent/docker.sock", version="1.41")
    with pytest.raises(ImageBuildError, match="the engine does not answer"):
        is_current(silent)
    with pytest.raises(ImageBuildError, match="the engine does not answer"):
        list(build(silent))
