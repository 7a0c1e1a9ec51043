"""The runtime's one loop: wakes from the engine, the kernel, clients and a timer."""

from __future__ import annotations

import selectors
import time

from conlink_compose.engines import Engine, EngineRefusedError, EngineUnreachableError
from conlink_compose.kernel import Kernel
from conlink_compose.runtime import report
from conlink_compose.runtime.controller import Controller
from conlink_compose.runtime.server import Client, Server
from conlink_compose.topology_json import load

GAP_LONGEST = 1.0
"""Seconds between a pass and the next one that an event asks for; as long as the pass took."""

RETRY_FIRST = 0.1
RETRY_LONGEST = 5.0
"""Seconds between passes while something is left to do that did not succeed."""


class Loop:
    """Runs until the engine is gone. Everything happens in one thread, one thing at a time."""

    def __init__(
        self, controller: Controller, engine: Engine, kernel: Kernel, server: Server
    ) -> None:
        self._controller = controller
        self._engine = engine
        self._kernel = kernel
        self._server = server
        self._retry = RETRY_FIRST
        self._due: float | None = time.monotonic()
        self._not_before = 0.0
        self._progress: report.Report = report.NOTHING_YET

    def run(self) -> None:
        """Raises `EngineUnreachableError` when the engine ends."""
        with selectors.DefaultSelector() as selector:
            for source in (self._engine, self._kernel, self._server):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(self._patience())}
                if self._server in ready:
                    self._answer(self._server.requests())
                if ready & {self._engine, self._kernel} or self._patience() == 0:
                    time.sleep(max(0.0, self._not_before - time.monotonic()))
                    self._pass()

    def _patience(self) -> float | None:
        return None if self._due is None else max(0.0, self._due - time.monotonic())

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
        # A burst of events, such as a routing daemon's, gets one look, and half of a processor.
        self._not_before = ended + min(ended - began, GAP_LONGEST)
        if settled:
            self._due, self._retry = None, RETRY_FIRST
        else:
            self._due = time.monotonic() + self._retry
            self._retry = min(self._retry * 2, RETRY_LONGEST)
        return self._progress

    def _answer(self, requests: list[tuple[Client, dict[str, object]]]) -> None:
        for client, request in requests:
            try:
                self._server.reply(client, self._reply_to(request))
            except EngineUnreachableError:
                raise
            except (KeyError, TypeError, ValueError) as error:
                self._server.reply(client, {"error": f"the request is not understood: {error}"})
            except OSError as error:
                self._server.reply(client, {"error": str(error)})

    def _reply_to(self, request: dict[str, object]) -> report.Report:
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
                return {"error": f"the runtime knows no verb {verb!r}"}
