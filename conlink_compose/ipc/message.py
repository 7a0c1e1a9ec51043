"""What goes over a socket: one JSON object a line, both ways.

A request is `{"verb": ..., ...}`; its reply is `{"ok": true, ...}` or `{"error": sentence, ...}`.
"""

from __future__ import annotations

import json
from typing import Any

LONGEST_REQUEST = 64 << 20
"""Bytes. 1,000 workloads are 0.5 MB, a topology of 100,000 links is 30 MB."""

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Raises `ValueError` with a sentence for what is not one JSON object."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("a request is one JSON object on one line") from error
    if not isinstance(message, dict):
        raise ValueError("a request is one JSON object on one line")
    return message
