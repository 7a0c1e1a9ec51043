"""The standard input, read by us and still there for the next reader."""

from __future__ import annotations

import os
import sys


def read_ahead() -> bytes:
    """All of it, before anybody else reads."""
    data = sys.stdin.buffer.read()
    give_again(data)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    return data


def give_again(data: bytes) -> None:
    """It begins anew with `data`, also for a program that this process becomes."""
    memory = os.memfd_create("standard-input")
    with os.fdopen(os.dup(memory), "wb") as file:
        file.write(data)
    os.lseek(memory, 0, os.SEEK_SET)
    os.dup2(memory, 0)
    os.close(memory)
