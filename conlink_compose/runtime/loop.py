"""The runtime's one loop: wakes from the engine, the kernel, clients and a timer."""

from __future__ import annotations

import time
from collections.abc import Callable

from conlink_compose.engines import Engine, EngineRefusedError, EngineUnreachableError
from conlink_compose.ipc.loop import Loop as EventLoop
from conlink_compose.ipc.loop import Timer
from conlink_compose.ipc.message import Message
from conlink_compose.ipc.server import Client, Server
from conlink_compose.kernel import Kernel
from conlink_compose.runtime import report
from conlink_compose.runtime.controller import Controller
from conlink_compose.topology_json import load

GAP_LONGEST = 1.0
"""Seconds between a pass and the next one that an event asks for; as long as the pass took."""

RETRY_FIRST = 0.1
RETRY_LONGEST = 5.0
"""Seconds between passes while something is left to do that did not succeed."""


class Loop:
    """Runs until the engine is gone. Everything happens in one thread, one thing at a time.
    Clients are served at `address`, an address for bind; `log` is where stderr goes."""

    def __init__(
        self, controller: Controller, engine: Engine, kernel: Kernel, address: str, log: str
    ) -> None:
        self._controller = controller
        self._sources = (engine, kernel)
        self._events = EventLoop()
        self._server = Server(self._events, address, self._obey, log)
        self._retry = RETRY_FIRST
        self._not_before = 0.0
        self._timer: Timer | None = None
        self._gone: EngineUnreachableError | None = None
        self._progress: report.Report = report.NOTHING_YET

    def run(self) -> None:
        """Raises `EngineUnreachableError` when the engine ends."""
        self._pass_in(0.0)
        self._events.run()
        if self._gone:
            raise self._gone

    def _listen(self, callback: Callable[[], object] | None) -> None:
        for source in self._sources:
            self._events.watch(source.fileno(), callback)

    def _woken(self) -> None:
        """A burst of events, such as a routing daemon's, gets one look, and half of a processor:
        nobody listens before that look."""
        self._listen(None)
        self._pass_in(max(0.0, self._not_before - time.monotonic()))

    def _pass_in(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._events.at(seconds, self._pass_by_itself)

    def _pass_by_itself(self) -> None:
        try:
            self._pass()
        except EngineUnreachableError as gone:
            self._end(gone)

    def _end(self, gone: EngineUnreachableError) -> None:
        self._gone = gone
        self._events.end()

    def _pass(self) -> report.Report:
        began = time.monotonic()
        try:
            outcome = self._controller.converge()
            settled = outcome.settled and not outcome.problems
            self._progress = report.progress(outcome)
        except (OSError, EngineRefusedError) as error:
            settled = False
            self._progress = report.no_progress(self._progress, error)
        ended = time.monotonic()
        gap = min(ended - began, GAP_LONGEST)
        self._not_before = ended + gap
        self._listen(self._woken)
        if settled:
            self._retry = RETRY_FIRST
            if self._timer:
                self._timer.cancel()
        else:
            self._pass_in(max(self._retry, gap))
            self._retry = min(self._retry * 2, RETRY_LONGEST)
        return self._progress

    def _obey(self, client: Client, request: Message) -> None:
        try:
            client.reply(**self._reply_to(request))
        except EngineUnreachableError as gone:
            client.refuse(str(gone))
            self._end(gone)
        except (KeyError, TypeError, ValueError) as error:
            client.refuse(f"the request is not understood: {error}")
        except OSError as error:
            client.refuse(str(error))

    def _reply_to(self, request: Message) -> report.Report:
        match request.get("verb"):
            case "network":
                return report.network(self._controller.look())
            case "plan":
                return report.planned(self._controller.foresee(load(str(request["topology"]))))
            case "converge":
                return self._pass()
            case "progress":
                return self._progress
            case verb:
                raise ValueError(f"the runtime knows no verb {verb!r}")
