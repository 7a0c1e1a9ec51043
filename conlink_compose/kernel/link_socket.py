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
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from conlink_compose.kernel import uapi
from conlink_compose.kernel.attributes import parse, words

BATCH = 64
"""Requests a send: enough to make the system call free, few enough that all answers of a
batch that fails altogether fit the receive buffer."""

DUMP_TRIES = 8
_HEADER = struct.Struct("=IHHII")
_ERROR = struct.Struct("=i")
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


class Message(NamedTuple):
    """One message of an answer: `view[start:end]` is its body."""

    kind: int
    view: memoryview
    start: int
    end: int


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

    def exchange(self, requests: Sequence[Request], batch: int = BATCH) -> dict[int, Refusal]:
        """Send them in their order, `batch` in one send; the refused ones by their place."""
        refused: dict[int, Refusal] = {}
        for start in range(0, len(requests), batch):
            part = requests[start : start + batch]
            for place, refusal in self._exchange_batch(part).items():
                refused[start + place] = refusal
        return refused

    def _exchange_batch(self, batch: Sequence[Request]) -> dict[int, Refusal]:
        # Errors are answered always and in order, so only the last request asks for an
        # ACK: one receive tells that all 64 went well.
        parts: list[bytes] = []
        first = last = 0
        for place, (kind, flags, body) in enumerate(batch):
            last = next(self._numbers)
            first = first or last
            ack = uapi.NLM_F_ACK if place == len(batch) - 1 else 0
            whole = flags | uapi.NLM_F_REQUEST | ack
            parts += (_HEADER.pack(16 + len(body), kind, whole, last, 0), body)
        self._raw.send(b"".join(parts))
        return self._answers(first, last)

    def _answers(self, first: int, last: int) -> dict[int, Refusal]:
        refused: dict[int, Refusal] = {}
        with suppress(BlockingIOError):  # An answer was lost; the next observation tells what is.
            for message, flags, sequence in self._messages(first, last):
                if message.kind != uapi.NLMSG_ERROR:
                    continue
                refusal = _refusal(message, flags)
                if refusal:
                    refused[sequence - first] = refusal
                if sequence == last:
                    break
        return refused

    def ask(self, request: Request) -> tuple[int, bytes] | Refusal:
        """One question with one answer: its type and body. Raises OSError when it got lost."""
        sequence = next(self._numbers)
        head = _HEADER.pack(
            16 + len(request.body), request.kind, request.flags | uapi.NLM_F_REQUEST, sequence, 0
        )
        self._raw.send(head + request.body)
        for message, flags, _ in self._messages(sequence, sequence):
            if message.kind == uapi.NLMSG_ERROR:
                return _refusal(message, flags) or Refusal(0, "")
            return message.kind, bytes(message.view[message.start : message.end])
        raise AssertionError("unreachable: _messages raises when no answer is left")

    def dump(self, request: Request) -> list[Message]:
        """All messages of a dump. Raises OSError where the kernel refuses it, and EINTR where
        what it tells of changes all the time: half a truth would be acted upon."""
        for _ in range(DUMP_TRIES):
            found, whole = self._dump_once(request)
            if whole:
                return found
        raise OSError(errno.EINTR, "the network changes faster than it can be read")

    def _dump_once(self, request: Request) -> tuple[list[Message], bool]:
        sequence = next(self._numbers)
        flags = request.flags | uapi.NLM_F_REQUEST | uapi.NLM_F_DUMP
        head = _HEADER.pack(16 + len(request.body), request.kind, flags, sequence, 0)
        self._raw.send(head + request.body)
        found: list[Message] = []
        whole = True
        for message, flags, _ in self._messages(sequence, sequence):
            # The list changed between two parts of the dump: something may be missing in it.
            whole = whole and not flags & uapi.NLM_F_DUMP_INTR
            if message.kind in (uapi.NLMSG_DONE, uapi.NLMSG_ERROR):
                _raise_for(message)
                break
            found.append(message)
        return found, whole

    def _messages(self, first: int, last: int) -> Iterator[tuple[Message, int, int]]:
        """The messages of these sequence numbers as they come, with flags and sequence number.

        Raises BlockingIOError when there is none left: an answer was lost.
        """
        while True:
            view = memoryview(self._receive())
            start = 0
            while start + 16 <= len(view):
                length, kind, flags, found, _ = _HEADER.unpack_from(view, start)
                if length < 16:
                    break
                if first <= found <= last:
                    yield Message(kind, view, start + 16, start + length), flags, found
                start += (length + 3) & ~3

    def _receive(self) -> bytes:
        while True:
            try:
                return self._raw.recv(_BLOCK)
            except OSError as error:
                # The receive buffer overflowed: what is left in it can still be read.
                if error.errno != errno.ENOBUFS:
                    raise


def _refusal(message: Message, flags: int) -> Refusal | None:
    (negative,) = _ERROR.unpack_from(message.view, message.start)
    if negative == 0:
        return None
    said = ""
    if flags & uapi.NLM_F_ACK_TLVS:
        # struct nlmsgerr: the errno, then the header of the request; the attributes follow it.
        found = parse(message.view, message.start + 20, message.end)
        said = words(found[uapi.NLMSGERR_ATTR_MSG]) if uapi.NLMSGERR_ATTR_MSG in found else ""
    return Refusal(-negative, said)


def _raise_for(message: Message) -> None:
    """A dump that fails ends with an error, or with a DONE that carries the errno."""
    if message.end - message.start >= 4:
        negative = _ERROR.unpack_from(message.view, message.start)[0]
        if negative < 0:
            raise OSError(-negative, os.strerror(-negative))
