"""`up` in the foreground: the nodes' output, until Ctrl-C takes everything down."""

from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.log_lines import LogPrinter, NobodyReadsError

if TYPE_CHECKING:
    from conlink_compose.engines import Lifecycle, Processes, Project


def follow_until_stopped(
    project: Project, lifecycle: Lifecycle, processes: Processes, *, prefix: bool
) -> None:
    """Shows the log until somebody interrupts; then all is taken down. Where the project ends by
    another hand, that is said, and the exit status is no success."""
    from conlink_compose.engines import EngineUnreachableError

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _as_interrupt)
    printer = LogPrinter([status.name for status in project.nodes()], prefix=prefix)
    try:
        with contextlib.suppress(EngineUnreachableError):  # it had ended before it was followed
            for line in processes.logs(follow=True):
                printer.show(line)
    except NobodyReadsError:
        console.say(f"nobody reads the output any more; {project.name} stays up")
        return
    except KeyboardInterrupt:
        _take_down(lifecycle, processes, printer)
        console.say(f"{project.name} is down")
        raise typer.Exit(exit_status.INTERRUPTED) from None
    console.say(f"{project.name} is no longer up: it was ended from elsewhere")
    raise typer.Exit(exit_status.MISTAKES)


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _take_down(lifecycle: Lifecycle, processes: Processes, printer: LogPrinter) -> None:
    """Stop all, and go on showing what the processes say while they end."""
    from conlink_compose.engines import EngineUnreachableError

    console.say("\ntaking it down; Ctrl-C again does not wait for the processes")
    stopping = threading.Thread(target=lifecycle.down, daemon=True)
    try:
        lines = processes.logs(follow=True, tail=0)
        stopping.start()
        for line in lines:
            printer.show(line)
        stopping.join()
    except (EngineUnreachableError, NobodyReadsError):
        stopping.join()
    except KeyboardInterrupt:
        lifecycle.down(0)
