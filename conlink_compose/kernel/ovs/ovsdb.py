"""A connection to Open vSwitch's database: JSON-RPC over a Unix socket (RFC 7047).

The database tells of each change of the columns that were asked for, and before it answers a
transaction it tells of what that changed: so a copy of the rows is kept, and to look costs nothing.
"""

from __future__ import annotations

import codecs
import errno
import itertools
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

SOCKET = "db.sock"
PATIENCE = 5.0
"""Seconds for the server to answer, and for ovs-vswitchd to do what the database says."""

DATABASE = "Open_vSwitch"
_COLUMNS = {
    DATABASE: ("cur_cfg",),
    "Bridge": (
        "name",
        "datapath_type",
        "stp_enable",
        "mcast_snooping_enable",
        "other_config",
        "ports",
    ),
    "Port": ("name", "interfaces", "tag", "trunks", "vlan_mode", "status"),
    "Interface": ("name", "ofport", "error", "mtu_request"),
}

Row: TypeAlias = dict[str, Any]
"""The columns by name. A set is a tuple, also of one; a map is a dict."""


class OvsdbError(Exception):
    """The database refused a transaction. The message is its own words."""


class Ovsdb:
    """`tables` are the rows of each table by their uuid, as last told."""

    def __init__(self, folder: str) -> None:
        """Raises OSError where nobody listens in `folder`, or does not answer in time."""
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in _COLUMNS}
        self._numbers = itertools.count(1)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._socket = connected(folder)
        asked = {name: {"columns": list(columns)} for name, columns in _COLUMNS.items()}
        try:
            self._take(self._call("monitor", [DATABASE, None, asked]))
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def drain(self) -> None:
        """Take what was told since. Raises OSError where the connection is gone."""
        self._socket.setblocking(False)
        try:
            while True:
                self._receive()
        except BlockingIOError:
            return
        finally:
            self._socket.setblocking(True)

    def transact(self, *operations: Mapping[str, Any]) -> None:
        """All of them or none, and wait until ovs-vswitchd has acted on them, as `ovs-vsctl` does:
        it tells the number of the last configuration that it has seen.

        Raises `OvsdbError`, and OSError: ETIMEDOUT where it has not in time.
        """
        count = {
            "op": "mutate",
            "table": DATABASE,
            "where": [],
            "mutations": [["next_cfg", "+=", 1]],
        }
        number = {"op": "select", "table": DATABASE, "where": [], "columns": ["next_cfg"]}
        answers = self._call("transact", [DATABASE, *operations, count, number])
        for answer in answers:
            if answer and answer.get("error"):
                raise OvsdbError(answer.get("details") or answer["error"])
        self._wait_for(int(answers[-1]["rows"][0]["next_cfg"]))

    def _wait_for(self, number: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while max((row["cur_cfg"] for row in self.tables[DATABASE].values()), default=0) < number:
            self._receive(deadline)

    def _call(self, method: str, params: list[Any]) -> Any:
        number, deadline = next(self._numbers), time.monotonic() + PATIENCE
        self._send({"method": method, "params": params, "id": number})
        while True:
            for message in self._receive(deadline):
                if message.get("id") == number and "result" in message:
                    if message.get("error"):
                        raise OvsdbError(str(message["error"]))
                    return message["result"]

    def _send(self, message: Mapping[str, Any]) -> None:
        self._socket.settimeout(PATIENCE)
        self._socket.sendall(json.dumps(message).encode())

    def _receive(self, deadline: float | None = None) -> list[dict[str, Any]]:
        """What comes next and is no update, of which note is taken at once."""
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            self._socket.settimeout(left)
        received = self._socket.recv(1 << 18)
        if not received:
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        self._text += self._decoder.decode(received)
        return [message for message in self._messages() if not self._is_told(message)]

    def _messages(self) -> Iterator[dict[str, Any]]:
        """The whole ones among the text; nothing stands between two."""
        decoder, position = json.JSONDecoder(), 0
        while position < len(self._text):
            try:
                message, position = decoder.raw_decode(self._text, position)
            except json.JSONDecodeError:
                break
            yield message
        self._text = self._text[position:]

    def _is_told(self, message: Mapping[str, Any]) -> bool:
        match message.get("method"):
            case "update":
                self._take(message["params"][1])
            case "echo":  # so it finds out who is still there
                self._send({"id": message["id"], "result": message["params"], "error": None})
            case _:
                return False
        return True

    def _take(self, updates: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        for table, rows in updates.items():
            for uuid, change in rows.items():
                if "new" in change:
                    told = {name: value_of(value) for name, value in change["new"].items()}
                    self.tables[table][uuid] = told
                else:
                    self.tables[table].pop(uuid, None)


def connected(folder: str, name: str = SOCKET, patience: float = PATIENCE) -> socket.socket:
    """To the socket `name` in it, by a descriptor of the folder: sun_path has 108 bytes, and a path
    may be longer. `patience` are seconds, for all that is done with it. Raises OSError."""
    fd = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        raw.settimeout(patience)
        raw.connect(str(Path(f"/proc/self/fd/{fd}", name)))
    except BaseException:
        raw.close()
        raise
    finally:
        os.close(fd)
    return raw


def value_of(value: Any) -> Any:
    """RFC 7047, 5.1: a set of one is written as its only element, an empty one as a set."""
    if not isinstance(value, list):
        return value
    kind, content = value
    if kind == "uuid":
        return content
    if kind == "set":
        return tuple(map(value_of, content))
    return {key: value_of(one) for key, one in content}
