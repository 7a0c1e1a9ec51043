"""The runtime may die, be recreated or upgraded, and no packet is lost; the hub may not."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of, losing_no_packet

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
  runtime: {image: "IMAGE"}
services:
  a:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, tmp_path: Path) -> Iterator[Lab]:
    """A tag of its own, since it comes to mean another image."""
    with lab_of(engine, tmp_path, "") as lab:
        engine.client.tag(network_image, lab.name, "1")
        lab.write(FILE.replace("IMAGE", f"{lab.name}:1"))
        lab.up()
        yield lab
    engine.client.remove_image(f"{lab.name}:1")


def whole(lab: Lab, lives: int) -> bool:
    """Of that many lives of the runtime in the present container, each has linked all."""
    return lab.log().count("All links connected") == lives


def links_of(lab: Lab) -> object:
    """With their numbers in the kernel, which a new one never has again."""
    return [lab.ip(lab.id_of(one), "link") for one in ("a", "b")], lab.ports()


def test_no_packet_is_lost_when_it_is_killed(lab: Lab) -> None:
    before = links_of(lab)
    runtime = lab.id_of("conlink")
    with losing_no_packet(lab, lab.id_of("a"), "10.0.0.2"):
        os.kill(lab.pid(runtime), signal.SIGKILL)
        eventually(lambda: whole(lab, 2))
    assert lab.id_of("conlink") == runtime
    assert links_of(lab) == before


def test_no_packet_is_lost_when_its_container_is_recreated(lab: Lab) -> None:
    before, runtime = links_of(lab), lab.id_of("conlink")
    with losing_no_packet(lab, lab.id_of("a"), "10.0.0.2"):
        lab.compose("up", "-d", "--no-deps", "--force-recreate", "conlink")
        eventually(lambda: whole(lab, 1))
    assert lab.id_of("conlink") != runtime
    assert links_of(lab) == before


def test_no_packet_is_lost_when_its_image_is_another(lab: Lab) -> None:
    before = links_of(lab)
    runtime, hub, a = (lab.id_of(one) for one in ("conlink", "conlink-hub", "a"))
    dockerfile = f"FROM {lab.name}:1\nLABEL newer=yes\n".encode()
    list(lab.engine.client.build(fileobj=io.BytesIO(dockerfile), tag=f"{lab.name}:1", rm=True))
    with losing_no_packet(lab, a, "10.0.0.2"):
        lab.up()
        eventually(lambda: whole(lab, 1))
    (now,) = lab.containers("conlink")
    assert now["Id"] != runtime
    assert now["Labels"]["newer"] == "yes"
    assert (lab.id_of("conlink-hub"), lab.id_of("a")) == (hub, a)
    assert links_of(lab) == before


def test_all_is_made_anew_when_the_hub_is_killed(lab: Lab) -> None:
    first = lab.pid(lab.id_of("conlink-hub"))
    os.kill(first, signal.SIGKILL)
    eventually(lambda: "the hub has been replaced" in lab.log())
    eventually(lambda: whole(lab, 2))
    assert lab.pid(lab.id_of("conlink-hub")) != first
    assert lab.ports() == {"a_1-eth0", "b_1-eth0"}
    assert lab.interfaces(lab.id_of("a")) == {"eth0": {"10.0.0.1/24"}}
    with losing_no_packet(lab, lab.id_of("a"), "10.0.0.2"):
        pass
