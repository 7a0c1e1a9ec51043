"""One NETLINK_ROUTE socket: many requests in one send, and what the kernel refused of them.

The kernel works through a whole send before send(2) returns, so every answer already waits:
there is nothing to poll for, and a receive that would block means a lost answer.
"""

from __future__ import annotations

import errno
import itertools
import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from conlink_compose.linux import uapi
from conlink_compose.linux.namespaces import in_each_network, in_new_network
from conlink_compose.linux.netlink import HEADER, Body, Message, message, messages, parse, words

BATCH = 64
"""Requests a send: enough to make the system call free, few enough that all answers of a
batch that fails altogether fit the receive buffer."""

SEND = 1 << 17
"""Bytes a send at the most, where several requests can be told apart: less than the socket's
send buffer (net.core.wmem_default), in which the kernel keeps it."""

DUMP_TRIES = 8
_ERROR = struct.Struct("=i")
_LAST = (uapi.NLMSG_DONE, uapi.NLMSG_ERROR)
_BLOCK = 1 << 16
"""Bytes a receive. The kernel fills blocks of at most 32 KiB, for a reader who takes them."""


class Request(NamedTuple):
    """A message without its header: the type, flags beside NLM_F_REQUEST, the body."""

    kind: int
    flags: int
    body: bytes


class Refusal(NamedTuple):
    """The kernel's no: an errno, and its own words (extended ack), often empty."""

    errno: int
    message: str


Thing = TypeVar("Thing")


def route_sockets(fds: Sequence[int]) -> list[socket.socket | OSError]:
    """A NETLINK_ROUTE socket in each of the namespaces, or why there can be none. It belongs for
    ever to the namespace it was made in.

    Raises OSError (EMFILE) where not one descriptor is left for the way back.
    """
    return in_each_network(fds, _route_socket)


def scratch_socket() -> socket.socket:
    """A NETLINK_ROUTE socket in a new namespace, which ends when the socket is closed.

    Raises OSError (EPERM without CAP_SYS_ADMIN).
    """
    return in_new_network(_route_socket)


def _route_socket() -> socket.socket:
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    return socket.socket(socket.AF_NETLINK, kind, uapi.NETLINK_ROUTE)


class LinkSocket:
    """`raw` was made in the namespace that it shall speak to."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._numbers = itertools.count(1)
        # EXT_ACK: reasons in words. CAP_ACK: refusals do not carry the request back.
        # GET_STRICT_CHK: dumps honour their filters, here in the kernel and not in Python.
        for option in (uapi.NETLINK_EXT_ACK, uapi.NETLINK_CAP_ACK, uapi.NETLINK_GET_STRICT_CHK):
            raw.setsockopt(uapi.SOL_NETLINK, option, 1)
        raw.setblocking(False)

    def close(self) -> None:
        self._raw.close()

    def fileno(self) -> int:
        return self._raw.fileno()

    def exchange(self, requests: Sequence[Request], batch: int = BATCH) -> dict[int, Refusal]:
        """Send them in their order, `batch` in one send; the refused ones by their position."""
        refused: dict[int, Refusal] = {}
        start = 0
        while start < len(requests):
            part = _one_send(requests[start : start + batch])
            for position, refusal in self._exchange_batch(part).items():
                refused[start + position] = refusal
            start += len(part)
        return refused

    def exchange_each(
        self,
        asked: Iterable[tuple[Thing, Iterable[Request]]],
        batch: int = BATCH,
        is_fine: Callable[[Thing, Refusal], bool] = lambda _, __: False,
    ) -> list[tuple[Thing, Refusal]]:
        """Several requests for each thing, in their order; a thing is refused once, with the first
        of its requests that was. What `is_fine` says yes to is no refusal."""
        sent = [(thing, request) for thing, requests in asked for request in requests]
        answers = self.exchange([request for _, request in sent], batch)
        refused: dict[int, tuple[Thing, Refusal]] = {}
        for position, refusal in sorted(answers.items()):
            thing = sent[position][0]
            if not is_fine(thing, refusal):
                refused.setdefault(id(thing), (thing, refusal))
        return list(refused.values())

    def _exchange_batch(self, batch: Sequence[Request]) -> dict[int, Refusal]:
        # Errors are answered always and in order, so only the last request asks for an
        # ACK: one receive tells that all 64 went well.
        parts: list[bytes] = []
        first = last = 0
        for position, (kind, flags, body) in enumerate(batch):
            last = next(self._numbers)
            first = first or last
            ack = uapi.NLM_F_ACK if position == len(batch) - 1 else 0
            parts.append(message(kind, flags | uapi.NLM_F_REQUEST | ack, last, body))
        self._raw.send(b"".join(parts))
        return self._answers(first, last)

    def _answers(self, first: int, last: int) -> dict[int, Refusal]:
        refused: dict[int, Refusal] = {}
        with suppress(BlockingIOError):  # An answer was lost; the next observation tells what is.
            for answer in self._answers_to(first, last):
                if answer.kind != uapi.NLMSG_ERROR:
                    continue
                refusal = _refusal(answer)
                if refusal:
                    refused[answer.sequence - first] = refusal
                if answer.sequence == last:
                    break
        return refused

    def ask(self, request: Request) -> tuple[int, bytes] | Refusal:
        """One question with one answer: its type and body. Raises OSError when it got lost."""
        sequence = next(self._numbers)
        flags = request.flags | uapi.NLM_F_REQUEST
        self._raw.send(message(request.kind, flags, sequence, request.body))
        for answer in self._answers_to(sequence, sequence):
            if answer.kind == uapi.NLMSG_ERROR:
                return _refusal(answer) or Refusal(0, "")
            return answer.kind, answer.buffer[answer.start : answer.end]
        raise AssertionError("unreachable: _answers_to raises when no answer is left")

    def dump(self, request: Request) -> list[Body]:
        """As `read_dump`, the messages as they are."""
        return self.read_dump(request, Body)

    def read_dump(self, request: Request, read: Callable[[bytes, int, int], Thing]) -> list[Thing]:
        """What `read` makes of each message of a dump, whose body lies in a buffer between two
        offsets. Raises OSError where the kernel refuses the dump, and EINTR where what it tells of
        changes all the time: half a truth would be acted upon."""
        for _ in range(DUMP_TRIES):
            found, whole = self._dump_once(request, read)
            if whole:
                return found
        raise OSError(errno.EINTR, "the network changes faster than it can be read")

    def _dump_once(
        self, request: Request, read: Callable[[bytes, int, int], Thing]
    ) -> tuple[list[Thing], bool]:
        # A look goes through here several times for each node, so `messages` is written out.
        sequence = next(self._numbers)
        flags = request.flags | uapi.NLM_F_REQUEST | uapi.NLM_F_DUMP
        self._raw.send(message(request.kind, flags, sequence, request.body))
        found: list[Thing] = []
        told, unpack, head = 0, HEADER.unpack_from, HEADER.size
        while True:
            received = self._receive()
            start, behind = 0, len(received)
            while start < behind:
                length, kind, flags, answered, _ = unpack(received, start)
                body, end = start + head, start + length
                start += (length + 3) & ~3
                if answered != sequence:
                    continue
                told |= flags
                if kind in _LAST:
                    _raise_for(received, body, end)
                    # The list changed between two parts of the dump: something may be missing.
                    return found, not told & uapi.NLM_F_DUMP_INTR
                found.append(read(received, body, end))

    def _answers_to(self, first: int, last: int) -> Iterator[Message]:
        """The messages of these sequence numbers as they come.

        Raises BlockingIOError when there is none left: an answer was lost.
        """
        while True:
            for answer in messages(self._receive()):
                if first <= answer.sequence <= last:
                    yield answer

    def _receive(self) -> bytes:
        while True:
            try:
                return self._raw.recv(_BLOCK)
            except OSError as error:
                # The receive buffer overflowed: what is left in it can still be read.
                if error.errno != errno.ENOBUFS:
                    raise


def _one_send(requests: Sequence[Request]) -> Sequence[Request]:
    """The first of them, as many as fit; one in any case."""
    size = 0
    for count, request in enumerate(requests):
        size += len(request.body)
        if size > SEND and count:
            return requests[:count]
    return requests


def _refusal(answer: Message) -> Refusal | None:
    (negative,) = _ERROR.unpack_from(answer.buffer, answer.start)
    if negative == 0:
        return None
    said = ""
    if answer.flags & uapi.NLM_F_ACK_TLVS:
        # struct nlmsgerr: the errno, then the header of the request; the attributes follow it.
        found = parse(answer.buffer, answer.start + 20, answer.end)
        said = words(found[uapi.NLMSGERR_ATTR_MSG]) if uapi.NLMSGERR_ATTR_MSG in found else ""
    return Refusal(-negative, said)


def _raise_for(received: bytes, start: int, end: int) -> None:
    """A dump that fails ends with an error, or with a DONE that carries the errno."""
    if end - start >= 4:
        (negative,) = _ERROR.unpack_from(received, start)
        if negative < 0:
            raise OSError(-negative, os.strerror(-negative))
