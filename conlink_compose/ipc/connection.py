"""One connection to a server: each request gets its answer, or an exception."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from conlink_compose.ipc.message import Message, decode, encode

_AT_A_TIME = 64 << 10  # bytes
_LOOK = 0.5  # seconds of silence between two looks at who shall answer

T = TypeVar("T")


class Connection:
    """Over a connected socket. A sub-class says what `unreachable` and `refused` raise."""

    def __init__(self, connected: socket.socket, patience: float) -> None:
        """`patience` is in seconds for each answer."""
        self._socket = connected
        self._input = bytearray()
        self._patience = patience

    def unreachable(self) -> Exception:
        """What is raised where no answer comes."""
        raise NotImplementedError

    def silent(self) -> Exception:
        """What is raised where the other end is there, and says nothing for all of the patience."""
        return self.unreachable()

    def is_hopeless(self) -> bool:
        """Whether it will say nothing however long it is waited for."""
        return False

    def refused(self, answer: Message) -> Exception:
        """What is raised for an `answer` that holds an `error`."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def ask(self, request: Message) -> Message:
        self._send(request)
        return self.next_answer()

    def ask_for_descriptor(self, request: Message) -> tuple[Message, list[int]]:
        """The answer, and the file descriptors that came with it."""
        self._send(request)
        take = socket.recv_fds
        data, fds, _, _ = self._patiently(lambda: take(self._socket, _AT_A_TIME, 1))
        self._input += data
        return self.next_answer(), fds

    def next_answer(self) -> Message:
        try:
            answer = decode(self._line())
        except (
            ValueError
        ) as error:  # who speaks there is not the server: an engine, of its troubles
            raise self.unreachable() from error
        if "error" in answer:
            raise self.refused(answer)
        return answer

    def wait(self) -> bool:
        """Wait for an event and drain it. False at the end of the server."""
        select.select([self._socket], [], [])
        return self.drained()

    def drain(self) -> None:
        """Forget the events so far."""
        if not self.drained():
            raise self.unreachable()

    def drained(self) -> bool:
        """Forget the events so far. False at the end of the server."""
        self._socket.setblocking(False)  # with a timeout Python itself waits, MSG_DONTWAIT or not
        try:
            while self._socket.recv(_AT_A_TIME):
                pass
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _send(self, request: Message) -> None:
        self._socket.settimeout(self._patience)
        try:
            self._socket.sendall(encode(request))
        except TimeoutError as error:
            raise self.silent() from error
        except OSError as error:
            raise self.unreachable() from error

    def _line(self) -> bytes:
        while b"\n" not in self._input:
            data = self._patiently(lambda: self._socket.recv(_AT_A_TIME))
            if not data:
                raise self.unreachable()
            self._input += data
        line, _, self._input = self._input.partition(b"\n")
        return bytes(line)

    def _patiently(self, receive: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._patience
        while True:
            left = deadline - time.monotonic()
            self._socket.settimeout(max(0.001, min(left, _LOOK)))
            try:
                return receive()
            except TimeoutError as error:
                if left <= _LOOK or self.is_hopeless():
                    raise self.silent() from error
            except OSError as error:
                raise self.unreachable() from error
