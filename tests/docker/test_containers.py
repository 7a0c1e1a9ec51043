"""Every kind of container is linked, and those whose network is another's are left alone."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
x-node: &node
  image: alpine
  network_mode: none
  command: sleep infinity
  stop_signal: SIGKILL
services:
  user: {<<: *node, user: "1000", x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}}
  scratch:
    <<: *node
    image: IMAGE
    command: [/busybox, sleep, infinity]
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
  read-only: {<<: *node, read_only: true, x-conlink: {links: [{bridge: lan, ip: 10.0.0.3/24}]}}
  no-capability: {<<: *node, cap_drop: [ALL], x-conlink: {links: [{bridge: lan, ip: 10.0.0.4/24}]}}
  all-of-these:
    <<: *node
    image: IMAGE
    command: [/busybox, sleep, infinity]
    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.5/24}]}
  of-the-host: {<<: *node, x-conlink: {links: [{bridge: lan, ip: 10.0.0.6/24}]}}
  of-user: {<<: *node, x-conlink: {links: [{bridge: lan, ip: 10.0.0.7/24}]}}
"""
SHARING = """
services:
  of-the-host: {network_mode: host}
  of-user: {network_mode: "service:user"}
"""
LINKED = ("user", "scratch", "read-only", "no-capability", "all-of-these")


@pytest.fixture(name="scratch", scope="module")
def scratch_fixture(engine: Engine) -> Iterator[str]:
    """An image of one static binary."""
    busybox = Path(shutil.which("busybox") or "")
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        tar.add(busybox, "busybox")
        dockerfile = b"FROM scratch\nCOPY busybox /busybox\n"
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(dockerfile)
        tar.addfile(entry, io.BytesIO(dockerfile))
    context.seek(0)
    tag = "conlink-test-scratch:1"
    list(engine.client.build(fileobj=context, custom_context=True, tag=tag))
    yield tag
    engine.client.remove_image(tag)


def machine() -> str:
    """All that our own namespace holds, which may be the engine's too."""
    argv = ["ip", "-j", "address"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def lo_of(lab: Lab, container: str) -> dict[str, object]:
    found: list[dict[str, object]] = lab.ip(container, "address", "show", "dev", "lo")
    return found[0]


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, scratch: str, tmp_path: Path) -> Iterator[Lab]:
    with lab_of(engine, tmp_path, FILE.replace("IMAGE", scratch)) as lab:
        lab.up()
        yield lab


def test_all_are_linked(lab: Lab) -> None:
    for number, service in enumerate(LINKED, 1):
        assert lab.interfaces(lab.id_of(service)) == {"eth0": {f"10.0.0.{number}/24"}}, service


def test_what_shares_a_network_is_left_alone_and_so_is_the_machine(lab: Lab) -> None:
    """Our files refuse it; a file that only Compose sees does not."""
    (lab.folder / "sharing.yaml").write_text(SHARING)
    lab.compose("-f", "sharing.yaml", "up", "-d")
    eventually(lambda: len(lab.ports()) == len(LINKED))
    host, user = lab.id_of("of-the-host"), lab.id_of("user")
    assert lab.interfaces(user) == lab.interfaces(lab.id_of("of-user")) == {"eth0": {"10.0.0.1/24"}}
    lab.docker("restart", "-t", "0", host, lab.id_of("no-capability"))
    linked = {"eth0": {"10.0.0.4/24"}}
    eventually(lambda: lab.interfaces(lab.id_of("no-capability")) == linked)
    assert "ifalias" not in lo_of(lab, host)
    assert "10.0.0.6/24" not in lab.interfaces(host).get("eth0", ())
    assert "ifalias" not in machine()
    assert "10.0.0.6/24" not in machine()
