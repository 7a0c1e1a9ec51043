"""A question whose runtime dies over it is asked of the next one."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox.client import runtime
from conlink_compose.engines.sandbox.folder import RUNTIME_SOCKET

from .conftest import Lab


def serve(lab: Lab, *answers: bytes) -> None:
    """One connection each: the question is taken, and what is not answered is closed."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(lab.folder / RUNTIME_SOCKET))
    listener.listen()

    def run() -> None:
        for answer in answers:
            with listener.accept()[0] as asked:
                asked.recv(1 << 16)
                asked.sendall(answer)
        listener.close()

    threading.Thread(target=run, daemon=True).start()


def test_a_lost_question_is_asked_again(lab: Lab) -> None:
    serve(lab, b"", b'{"ok":', b'{"ok": true, "settled": true}\n')
    assert runtime.ask(lab.folder, verb="progress")["settled"] is True


def test_a_refusal_is_an_answer(lab: Lab) -> None:
    serve(lab, b'{"error": "no"}\n', b'{"ok": true}\n')
    with pytest.raises(EngineUnreachableError, match="the runtime says: no"):
        runtime.ask(lab.folder, verb="progress")


def test_it_is_not_asked_for_ever(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "BIRTH_PATIENCE", 0.3)
    serve(lab, b"", b"")
    began = time.monotonic()
    with pytest.raises(EngineUnreachableError, match="does not answer"):
        runtime.ask(lab.folder, verb="progress")
    assert 0.2 < time.monotonic() - began < 5
