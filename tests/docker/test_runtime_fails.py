"""A runtime that ends as soon as it begins: `up` says so, and what it said last."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.image.build import IMAGE
from tests.docker.conftest import Engine
from tests.docker.lab import Lab, lab_of

FILE = """
x-conlink: {runtime: {image: "IMAGE"}}
services:
  a:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""
BY_HAND = """
services:
  network:
    image: "IMAGE"
    command: --compose-file nowhere.yaml
    network_mode: none
    volumes: [/var/run/docker.sock:/var/run/docker.sock]
    x-conlink: {runtime: true}
  a:
    image: alpine
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""
SCRIPT = b"#!/bin/sh\necho the machine is on fire >&2\nexit 5\n"


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, tmp_path: Path) -> Iterator[Lab]:
    """Its network image has a `python3` that fails."""
    with lab_of(engine, tmp_path, "") as lab:
        _image_with_python(engine, SCRIPT, f"{lab.name}:1")
        lab.write(FILE.replace("IMAGE", f"{lab.name}:1"))
        yield lab
    engine.client.remove_image(f"{lab.name}:1")


def _image_with_python(engine: Engine, script: bytes, tag: str) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in (
            ("Dockerfile", b"FROM busybox\nCOPY python3 /bin/python3\n"),
            ("python3", script),
        ):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    packed.seek(0)
    build = {"fileobj": packed, "custom_context": True, "tag": tag, "rm": True, "decode": True}
    assert not [line for line in engine.client.build(**build) if "error" in line]


def test_it_is_told_soon(lab: Lab) -> None:
    began = time.monotonic()
    up = lab.run("up", "-d", check=False)
    assert "starts again and again" in up.stderr, up.stderr
    assert "ended with 5: the machine is on fire" in up.stderr
    assert f"docker logs {lab.name}-conlink-1" in up.stderr
    assert up.returncode == 3
    assert time.monotonic() - began < 30.0  # of which Compose takes most; it was 60 and more


@pytest.mark.usefixtures("network_image")
def test_one_that_has_ended_and_stays_so_is_told(engine: Engine, tmp_path: Path) -> None:
    with lab_of(engine, tmp_path, BY_HAND.replace("IMAGE", IMAGE)) as lab:
        up = lab.run("up", "-d", check=False)
    assert "has stopped: it ended with 1: " in up.stderr, up.stderr
    assert "nowhere.yaml" in up.stderr
    assert up.returncode == 3
