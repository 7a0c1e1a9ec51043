"""A server in a thread, and clients of every kind."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.ipc.connection import Connection
from conlink_compose.ipc.loop import Loop
from conlink_compose.ipc.message import Message
from conlink_compose.ipc.server import Client, Server, listening_socket

LARGE = "x" * 3_000_000


class Asking(Connection):
    def __init__(self, path: Path) -> None:
        super().__init__(connected(path), patience=10)

    def unreachable(self) -> Exception:
        return LookupError("unreachable")

    def refused(self, answer: Message) -> Exception:
        return ValueError(answer["error"])


def connected(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.connect(str(path))
    return made


class Served:
    """`wake`, `echo`, `large`, `descriptor`, `mistake` and `end` are its verbs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.loop = Loop()
        self.server = Server(self.loop, listening_socket(str(path)), self.obey, log="some.log")
        self.thread = threading.Thread(target=self.loop.run)
        self.thread.start()

    def obey(self, client: Client, request: Message) -> None:
        match request.get("verb"):
            case "listen":
                client.topic = "news"
                client.reply()
            case "wake":
                for _ in range(1000):
                    self.server.wake("news")
                client.reply()
            case "large":
                client.reply(text=LARGE)
            case "descriptor":
                reader, writer = os.pipe()
                client.reply_with(reader, text=LARGE)
                os.write(writer, b"through the pipe")
                os.close(reader)
                os.close(writer)
            case "mistake":
                raise ZeroDivisionError
            case "end":
                client.reply()
                self.loop.end()
            case other:
                client.refuse(f"no verb {other}")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "socket").touch()  # as a server that was killed leaves it
    served = Served(tmp_path / "socket")
    yield served
    if served.thread.is_alive():
        Asking(served.path).ask({"verb": "end"})
    served.thread.join()


def test_a_client_that_does_not_read_holds_up_no_other(served: Served) -> None:
    asleep = [connected(served.path) for _ in range(3)]
    for one in asleep:
        one.sendall(b'{"verb": "large"}\n' * 100)
    with Asking(served.path) as client:
        assert client.ask({"verb": "large"})["text"] == LARGE
    for one in asleep:
        one.close()


def test_a_descriptor_comes_with_an_answer_of_any_length(served: Served) -> None:
    with Asking(served.path) as client:
        answer, (reader,) = client.ask_for_descriptor({"verb": "descriptor"})
        assert answer["text"] == LARGE
        assert os.read(reader, 100) == b"through the pipe"
        os.close(reader)


def test_a_subscriber_is_told_once_of_what_it_has_not_read(served: Served) -> None:
    with Asking(served.path) as listener, Asking(served.path) as client:
        listener.ask({"verb": "listen"})
        client.ask({"verb": "wake"})
        assert listener.wait()
        client.ask({"verb": "end"})
        served.thread.join()
        for one in list(served.server.clients):
            one.close()
        assert not listener.wait()
        with pytest.raises(LookupError):
            listener.drain()


def test_a_mistake_in_one_request_is_refused_and_the_server_goes_on(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with Asking(served.path) as client:
        with pytest.raises(ValueError, match=r"failed: see some\.log"):
            client.ask({"verb": "mistake"})
        with pytest.raises(ValueError, match="no verb nonsense"):
            client.ask({"verb": "nonsense"})
    assert "ZeroDivisionError" in caplog.text


def test_an_answer_that_never_comes_is_an_exception(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with Silent(ours, patience=0.05) as client, pytest.raises(LookupError):
        client.ask({"verb": "anything"})
    theirs.close()


class Silent(Asking):
    def __init__(self, made: socket.socket, patience: float) -> None:
        Connection.__init__(self, made, patience)
