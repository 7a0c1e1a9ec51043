"""The runtime of one project: `python -m conlink_compose.runtime [ENGINE [PLACE]]`.

The composition root: here, and only here, an engine, a kernel and a topology meet. `PLACE` is what
the engine told it; the network namespace that the engine calls the hub is where the bridges stand.
What is declared the engine hands over, or it is in files: `--compose-file`, `--network-file`.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from conlink_compose import log
from conlink_compose.engines import (
    Engine,
    EngineEndedError,
    EngineRefusedError,
    EngineUnreachableError,
    meets_containers_of_others,
    open_engine,
)
from conlink_compose.kernel import Kernel, mark_of
from conlink_compose.runtime.controller import Controller
from conlink_compose.runtime.loop import RETRY_FIRST, RETRY_LONGEST, Loop
from conlink_compose.topology import Topology
from conlink_compose.topology_json import load

LOG_FORMAT = "CONLINK_LOG_FORMAT"
"""The variable that says the form of the log where no option does."""

USUAL_ENGINE = "docker"

_MADE_BETWEEN = 50_000
"""Objects made and not gone again between two searches for cycles; with Python itself it is 700."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """`place` is what the engine told its runtime, or the name of the project that a user gave.
    `files` are in the order in which the later one wins."""

    engine: str
    place: str
    files: tuple[str, ...] = ()
    log_format: str = "text"


class MistakesError(Exception):
    """The files have mistakes, and they have been told on stderr."""


def collect_seldom() -> None:
    """Look for cycles of objects only among many: a pass makes tens of thousands, none of which is
    part of one, and to look through them again and again took a twentieth of it."""
    gc.set_threshold(_MADE_BETWEEN, *gc.get_threshold()[1:])


def main(words: Sequence[str]) -> int:
    """Serve until the engine ends. Returns an exit status: 1 where files have mistakes."""
    collect_seldom()
    given = parse(words)
    log.configure(form=given.log_format)
    try:
        _serve(_opened(given))
    except EngineEndedError as ended:
        _log.info("the runtime ends: %s", ended)
    except MistakesError:
        return 1
    except EngineRefusedError as error:
        _log.error("%s", error)
        return 1
    return 0


def parse(words: Sequence[str]) -> Words:
    """Raises SystemExit, with 2, for words that are not understood."""
    parser = argparse.ArgumentParser(
        prog="conlink_compose.runtime",
        description="Wires the nodes of one project, and keeps them wired.",
        allow_abbrev=False,
    )
    parser.add_argument("engine", nargs="?", default=USUAL_ENGINE)
    parser.add_argument("place", nargs="?", default="", help="what the engine tells its runtime")
    for option, what in (
        ("--compose-file", "a compose file with x-conlink; several are merged"),
        ("--network-file", "more of x-conlink, merged over the compose files"),
    ):
        parser.add_argument(option, action="append", default=[], metavar="FILE", help=what)
    parser.add_argument("--project", help="the project whose containers are wired; else its own")
    usual = os.environ.get(LOG_FORMAT, "text")
    parser.add_argument("--log-format", choices=log.FORMATS, default=usual)
    given = parser.parse_args(words)
    files = (*given.compose_file, *given.network_file)
    return Words(given.engine, given.project or given.place, files, given.log_format)


def _opened(words: Words) -> Engine:
    """The engine, once it answers.

    Raises `EngineEndedError`, `EngineRefusedError` and `MistakesError`.
    """

    def declare(project: str) -> Topology:
        # Who is handed the topology need not know how files are read: 20 MB and 0.2 s.
        from conlink_compose.runtime.by_hand import read_files  # noqa: PLC0415

        outside = meets_containers_of_others(words.engine)
        topology = read_files(words.files, project, containers_outside=outside)
        if topology is None:
            raise MistakesError
        return topology

    pause, told = RETRY_FIRST, ""
    while True:
        try:
            return open_engine(words.engine, words.place, declare if words.files else None)
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
    sys.exit(main(sys.argv[1:]))
