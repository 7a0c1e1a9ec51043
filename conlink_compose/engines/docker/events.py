"""The engine's events, which only wake: a blocking stream in a thread behind a descriptor."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress

from docker.errors import NotFound

from conlink_compose.engines import EngineRefusedError, EngineUnreachableError
from conlink_compose.engines.docker.api import connect, sentences

_FILTERS = {"type": ["container"], "event": ["start", "die", "destroy", "rename"]}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds

_log = logging.getLogger(__name__)


class Events:
    """`fileno` turns readable at each event, and whenever the stream begins anew: what happened
    while there was none was told to nobody. Nothing is read of an event; engines differ in what one
    holds (API 1.52 dropped three fields)."""

    def __init__(self) -> None:
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
                with sentences():
                    for _ in connect(None).events(filters=_FILTERS):
                        pause = _FIRST_PAUSE
                        os.eventfd_write(self._wake, 1)
            except (EngineUnreachableError, EngineRefusedError, NotFound) as error:
                _log.debug("the stream of events is cut: %s", error)
            os.eventfd_write(self._wake, 1)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
