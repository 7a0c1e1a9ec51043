"""Clients that send junk, read slowly or vanish harm nobody."""

import os
import socket
from collections.abc import Callable

import pytest

from conlink_compose.engines.sandbox.folder import connect
from conlink_compose.workload import Workload

from .conftest import Lab

Make = Callable[..., Workload]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"\xff\x00\xfe",
        b"[]",
        b"[" * 100_000,
        b"{}",
        b'{"verb": ["apply"]}',
        b'{"verb": "apply"}',
        b'{"verb": "apply", "workloads": [{"owner": 3}]}',
        b'{"verb": "apply", "workloads": [], "hosts": []}',
        b'{"verb": "run", "node": {}, "argv": ["x"]}',
        b'{"verb": "events", "of": {}}',
        b'{"verb": "stop", "timeout": "soon"}',
        b'{"verb": "restart", "nodes": "web"}',
        b'{"verb": "start_nodes", "nodes": ["nobody"]}',
        b'{"verb": "stop_nodes", "nodes": [], "timeout": "soon"}',
        b'{"verb": "kill", "nodes": [], "signal": 9}',
        b'{"verb": "kill", "nodes": ["nobody"], "signal": 1000}',
    ],
)
def test_junk_gets_an_error_and_changes_nothing(lab: Lab, line: bytes) -> None:
    lab.start()
    with connect(lab.folder) as client, client.makefile("rwb") as stream:
        for _ in range(2):
            stream.write(line + b"\n")
            stream.flush()
            assert b'"error"' in stream.readline()
    assert lab.control.nodes() == ()


def test_vanished_and_sleeping_clients_hold_up_nobody(lab: Lab, host: Make) -> None:
    lab.start()
    request = b'{"verb": "nodes"}\n'
    sleepers = [connect(lab.folder) for _ in range(5)]
    for sleeper in sleepers:
        sleeper.setblocking(False)
        try:
            while True:
                sleeper.send(request * 100)
        except BlockingIOError:
            pass
    for _ in range(50):
        vanished = connect(lab.folder)
        vanished.send(request[:7])
        vanished.close()
    lab.apply(host("h1"))
    lab.open_gates()
    assert lab.state("h1") == "running"
    for sleeper in sleepers:
        sleeper.close()


def test_the_socket_and_its_folder_are_their_owners_alone(lab: Lab) -> None:
    lab.start()
    assert (lab.folder.stat().st_mode & 0o777, lab.folder.stat().st_uid) == (0o700, os.geteuid())
    assert (lab.folder / "engine.sock").stat().st_mode & 0o777 == 0o600


def test_a_subscriber_is_woken_and_sees_the_end(lab: Lab, host: Make) -> None:
    lab.start()
    events = lab.control.events()
    lab.apply(host("h1"))
    assert events.wait()
    lab.control.stop()
    while events.wait():
        pass
    events.close()


def test_a_reply_may_be_large(lab: Lab, shell: Make) -> None:
    lab.start()
    lab.apply(shell("web", "exit", environment=(("A", "x" * 1_000_000),)))
    with connect(lab.folder) as client:
        client.settimeout(10)
        assert isinstance(client, socket.socket)
        client.sendall(b'{"verb": "nodes"}\n')
        assert client.recv(100).startswith(b'{"ok":true')
