"""What the runtime asks of the engine, and what becomes of it when nobody answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of
from tests.docker.proxy import Proxy, proxy_of

AWAY = 30.0  # seconds

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
services:
  node:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    scale: 3
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""


@pytest.fixture(name="proxy")
def proxy_fixture(engine: Engine) -> Iterator[Proxy]:
    with proxy_of(engine) as proxy:
        yield proxy


@pytest.fixture(name="lab")
def lab_fixture(engine: Engine, network_image: str, proxy: Proxy, tmp_path: Path) -> Iterator[Lab]:
    with lab_of(engine, tmp_path, FILE, CONLINK_SOCKET=proxy.path) as lab:
        lab.up()
        yield lab


def linked(lab: Lab, container: str, number: int) -> bool:
    return lab.interfaces(container) == {"eth0": {f"10.0.0.{number}/24"}}


def test_nothing_but_get_requests(lab: Lab, proxy: Proxy) -> None:
    first = lab.id_of("node")
    lab.docker("restart", "-t", "0", first)
    eventually(lambda: linked(lab, first, 1))
    lab.up("--scale", "node=2")
    eventually(lambda: len(lab.ports()) == 2)
    assert any("/containers/json" in request for request in proxy.seen)
    assert any("/events" in request for request in proxy.seen)
    assert {request.split()[0] for request in proxy.seen} == {"GET"}


def test_with_commands_it_asks_for_more_and_goes_on_where_that_is_refused(
    lab: Lab, proxy: Proxy
) -> None:
    commands = 'x-conlink:\n  commands: [{service: node, command: "true"}]\n'
    lab.write(FILE.replace("x-conlink:\n", commands, 1))
    lab.up("--force-recreate")
    eventually(lambda: "node-1: cannot run sh -c true: the Docker Engine refuses: 403" in lab.log())
    assert any(request.startswith("POST") and "/exec" in request for request in proxy.seen)
    assert linked(lab, lab.id_of("node"), 1)


def test_it_converges_after_the_socket_was_away(lab: Lab, proxy: Proxy) -> None:
    runtime, second = lab.id_of("conlink"), lab.id_of("node", 2)
    proxy.leave()
    lab.docker("restart", "-t", "0", second)
    eventually(lambda: "does not answer" in lab.log())
    time.sleep(AWAY)
    assert lab.interfaces(second) == {}
    proxy.away = False
    eventually(lambda: linked(lab, second, 2))
    assert lab.engine.client.inspect_container(runtime)["RestartCount"] == 0
    said = [line for line in lab.log().splitlines() if "does not answer" in line]
    assert len(said) == 1, said


def test_it_misses_nothing_while_the_stream_is_cut(lab: Lab, proxy: Proxy) -> None:
    proxy.deaf = True
    proxy.cut()
    second = lab.id_of("node", 2)
    lab.docker("restart", "-t", "0", second)
    proxy.deaf = False
    eventually(lambda: linked(lab, second, 2))
    lab.docker("restart", "-t", "0", second)  # and then it hears again
    eventually(lambda: linked(lab, second, 2))


def test_nothing_is_read_of_an_event(lab: Lab, proxy: Proxy) -> None:
    """API 1.52 (Engine 29) dropped the fields `status`, `id` and `from` of events."""
    renamed, second = proxy.renamed, lab.id_of("node", 2)
    for _ in range(3):
        lab.docker("restart", "-t", "0", second)
        eventually(lambda: linked(lab, second, 2), 10.0)
    assert proxy.renamed > renamed
