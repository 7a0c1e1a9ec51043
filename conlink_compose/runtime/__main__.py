"""The runtime of one project: `python -m conlink_compose.runtime ENGINE [PLACE]`.

The composition root: here, and only here, an engine, a kernel and a topology meet. `PLACE` is what
the engine told it; the network namespace that the engine calls the hub is where the bridges stand.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Sequence

from conlink_compose import log
from conlink_compose.engines import Engine, EngineEndedError, EngineUnreachableError, open_engine
from conlink_compose.kernel import Kernel, mark_of
from conlink_compose.runtime.controller import Controller
from conlink_compose.runtime.loop import RETRY_FIRST, RETRY_LONGEST, Loop
from conlink_compose.topology import Topology
from conlink_compose.topology_json import load

LOG_FORMAT = "CONLINK_LOG_FORMAT"
"""The variable that says the form of the log where no option does."""

_log = logging.getLogger(__name__)


def main(engine_name: str, place: str = "") -> int:
    """Serve until the engine ends. Returns an exit status."""
    try:
        _serve(_opened(engine_name, place))
    except EngineEndedError as ended:
        _log.info("the runtime ends: %s", ended)
    return 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m conlink_compose.runtime")
    parser.add_argument("engine")
    parser.add_argument("place", nargs="?", default="")
    parser.add_argument(
        "--log-format", choices=log.FORMATS, default=os.environ.get(LOG_FORMAT, "text")
    )
    return parser.parse_args(words)


def _opened(engine_name: str, place: str) -> Engine:
    """The engine, once it answers. Raises `EngineEndedError`."""
    pause, told = RETRY_FIRST, ""
    while True:
        try:
            return open_engine(engine_name, place)
        except EngineEndedError:
            raise
        except EngineUnreachableError as error:
            if str(error) != told:
                told = str(error)
                _log.warning("%s", told)
        time.sleep(pause)
        pause = min(pause * 2, RETRY_LONGEST)


def _serve(engine: Engine) -> None:
    def declared() -> Topology:
        text = engine.declared()
        topology = load(text) if text else Topology(engine.project)
        log.configure(topology.runtime.log_level)
        return topology

    kernel = Kernel(engine.hub, mark_of(engine.project))
    controller = Controller(engine, kernel, declared)
    Loop(controller, engine, kernel).run()


if __name__ == "__main__":
    given = _arguments(sys.argv[1:])
    log.configure(form=given.log_format)
    sys.exit(main(given.engine, given.place))
