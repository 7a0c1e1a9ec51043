"""`conlink-compose netem`"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.override import NodeDev, ask
from conlink_compose.diagnostics import Span, has_errors

if TYPE_CHECKING:
    from conlink_compose.topology import Netem

NOTHING = "off"
"""The word for no impairment at all."""


def netem(
    context: typer.Context,
    where: NodeDev,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="As in the file, or `off` for none.")
    ],
) -> None:
    """Impair what leaves an interface, in place of what the files say of it.

    It stays so, whatever becomes of the runtime, until `reset`, or the next `up`, brings back what
    the files say. `status` shows what differs from them.

    \b
    Examples:
      conlink-compose netem r1:eth0 delay 50ms 5ms loss 1%
      conlink-compose netem r1:eth0 rate 10mbit
      conlink-compose netem r1:eth0 off
    """
    from conlink_compose.reconcile.override import Override

    ask(context, where, Override(netem=() if words == [NOTHING] else _read(" ".join(words))))
    console.say(f"{where} has netem {' '.join(words)}")


def _read(text: str) -> tuple[Netem, ...]:
    """The words as the file takes them; what is wrong with them, and the end."""
    from conlink_compose.language.fields import Field
    from conlink_compose.language.report import Report
    from conlink_compose.language.values.netem import read_netem

    source = "the words"
    report = Report({source: text})
    at = Span(source, 1, 1, 1, len(text) + 1)
    read = read_netem(report, Field(text, at, at))
    if has_errors(report.diagnostics):
        console.show(report.diagnostics, {source: text})
        raise typer.Exit(exit_status.USAGE)
    return tuple(replace(one, span=None) for one in read)
