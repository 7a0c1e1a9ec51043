"""The engine's events, which only wake: a blocking stream in a thread behind a descriptor."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from docker.errors import NotFound

from conlink_compose.engines import EngineRefusedError, EngineUnreachableError
from conlink_compose.engines.docker.api import sentences
from conlink_compose.engines.docker.labels import PROJECT

_FILTERS = {"type": ["container"], "event": ["start", "die", "destroy", "rename"]}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds

_log = logging.getLogger(__name__)


class Events:
    """`fileno` turns readable at each event, and whenever the stream begins anew: what happened
    while there was none was told to nobody. Nothing is read of an event; engines differ in what one
    holds (API 1.52 dropped three fields)."""

    def __init__(self, connect: Callable[[], Any], project: str | None) -> None:
        """`connect` makes a client that waits for ever; None for events of every project's
        containers, and of those of none."""
        self._connect = connect
        self._filters = {**_FILTERS, "label": [f"{PROJECT}={project}"] if project else []}
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        threading.Thread(target=self._listen, name="docker-events", daemon=True).start()

    def fileno(self) -> int:
        return self._wake

    def drain(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._wake)

    def _listen(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                with sentences(), closing(self._connect()) as api:
                    stream = api.events(filters=self._filters)
                    # Only now: what happens after this is told by the stream.
                    self._notify()
                    for _ in stream:
                        pause = _FIRST_PAUSE
                        self._notify()
            except (EngineUnreachableError, EngineRefusedError, NotFound) as error:
                _log.debug("the stream of events is cut: %s", error)
            self._notify()
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _notify(self) -> None:
        os.eventfd_write(self._wake, 1)
