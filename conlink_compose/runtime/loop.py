"""The runtime's one loop: wakes from the engine, the kernel, clients and a timer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.engines import (
    Engine,
    EngineEndedError,
    EngineRefusedError,
    EngineUnreachableError,
)
from conlink_compose.ipc.loop import Loop as EventLoop
from conlink_compose.ipc.loop import Timer
from conlink_compose.ipc.message import Message
from conlink_compose.ipc.server import Client, Server
from conlink_compose.kernel import Kernel
from conlink_compose.reconcile.override import of_text
from conlink_compose.reconcile.overrides import OverrideError
from conlink_compose.runtime import report
from conlink_compose.runtime.controller import Controller, View
from conlink_compose.runtime.health import Health
from conlink_compose.state import End
from conlink_compose.topology_json import load

_log = logging.getLogger(__name__)

DEBOUNCE_LONGEST = 1.0
"""Seconds. After a pass events are debounced for as long as it took, so that a burst of them costs
half of a processor at most; but no longer than this."""

RETRY_FIRST = 0.1
RETRY_LONGEST = 5.0
"""Seconds between passes while something is left to do that did not succeed, doubled with each;
what wakes the loop may be what it takes, and begins anew."""


class Loop:
    """Runs until the engine has ended. Everything happens in one thread, one thing at a time.
    An engine that does not answer is asked again, ever more seldom."""

    def __init__(self, controller: Controller, engine: Engine, kernel: Kernel) -> None:
        """Raises OSError where no client can be listened to, and `EngineUnreachableError`."""
        self._controller = controller
        self._sources = (engine, kernel)
        self._events = EventLoop()
        self._server = Server(self._events, engine.listen(), self._obey, engine.log)
        self._retry = RETRY_FIRST
        self._not_before = 0.0
        self._timer: Timer | None = None
        self._ended: EngineEndedError | None = None
        self._told: tuple[Diagnostic, ...] = ()
        self._progress: report.Report = report.NOTHING_YET
        self._failing: type[Exception] | None = None
        self._whole = False
        self._health = Health(engine.health)

    def run(self) -> None:
        """Raises `EngineEndedError` when the engine has ended."""
        self._pass_in(0.0)
        self._events.run()
        if self._ended:
            raise self._ended

    def _listen(self, callback: Callable[[], object] | None) -> None:
        for source in self._sources:
            self._events.watch(source.fileno(), callback)

    def _woken(self) -> None:
        """Debounced: a burst of events, such as a routing daemon's, gets one pass, and until that
        nobody listens."""
        self._listen(None)
        self._retry = RETRY_FIRST
        self._pass_in(max(0.0, self._not_before - time.monotonic()))

    def _pass_in(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._events.call_in(seconds, self._pass_by_itself)

    def _pass_by_itself(self) -> None:
        try:
            self._pass()
        except EngineEndedError as ended:
            self._end(ended)

    def _end(self, ended: EngineEndedError) -> None:
        self._ended = ended
        self._events.end()

    def _pass(self, seen: View | None = None) -> report.Report:
        began = time.monotonic()
        settled = self._converge(seen)
        ended = time.monotonic()
        debounce = min(ended - began, DEBOUNCE_LONGEST)
        _log.debug("a pass of %.1f ms, %ssettled", (ended - began) * 1e3, "" if settled else "not ")
        self._not_before = ended + debounce
        self._listen(self._woken)
        if settled:
            self._retry = RETRY_FIRST
            if self._timer:
                self._timer.cancel()
        else:
            self._pass_in(max(self._retry, debounce))
            self._retry = min(self._retry * 2, RETRY_LONGEST)
        return self._progress

    def _converge(self, seen: View | None) -> bool:
        """Whether nothing is left to do, and nothing stands in the way that may go away unheard."""
        try:
            outcome = self._controller.converge(seen)
        except EngineEndedError:
            raise
        except (OSError, EngineRefusedError, EngineUnreachableError) as error:
            problem = report.pass_failed(error)
            self._progress = report.no_progress(self._progress, problem)
            if type(error) is not self._failing:  # its words may differ each time
                self._tell((problem,))
            self._failing = type(error)
            self._health.write(self._progress)
            return False
        self._failing = None
        self._progress = report.progress(outcome)
        self._tell(outcome.problems)
        self._health.write(self._progress)
        self._tell_when_whole()
        return outcome.is_final

    def _tell(self, problems: tuple[Diagnostic, ...]) -> None:
        """Each problem once, until it is gone and comes back."""
        for problem in problems:
            if problem not in self._told:
                _log.warning("%s", problem.message)
        self._told = problems

    def _tell_when_whole(self) -> None:
        """Once, when all that is declared runs and is linked."""
        if not self._whole and report.is_whole(self._progress):
            _log.info("All links connected")
            self._whole = True

    def _obey(self, client: Client, request: Message) -> None:
        try:
            client.reply(**self._reply_to(request))
        except EngineEndedError as ended:
            client.refuse(str(ended))
            self._end(ended)
        except (EngineUnreachableError, EngineRefusedError, OverrideError) as error:
            client.refuse(str(error))
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
                return self._pass(
                    self._controller.forget_overrides() if request.get("reset") else None
                )
            case "override":
                end = End(str(request["node"]), str(request["dev"]))
                asked = request["override"]
                return self._pass(self._controller.override(end, of_text(asked) if asked else None))
            case "progress":
                return self._progress
            case verb:
                raise ValueError(f"the runtime knows no verb {verb!r}")
