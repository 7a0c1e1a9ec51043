"""Words of Compose that only the Docker engine has, where they are Compose's own: what to use here.

With that engine they never come here; `wrapper` passes them on.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from conlink_compose.cli import exit_status
from conlink_compose.cli.project import end

_IMAGES = "there are no images here; services run on this machine's own files"
_SEES_ALL = "the nodes see this machine's own files; copy what you need there"
INSTEAD = {
    "attach": "`logs -f NODE` shows what a node writes",
    "build": _IMAGES,
    "commit": _IMAGES,
    "config": "`check` finds the mistakes, and `plan` shows what `up` would do",
    "convert": "`check` finds the mistakes, and `plan` shows what `up` would do",
    "cp": _SEES_ALL,
    "create": "`up -d` creates and starts, `stop` stops again",
    "events": "`status --watch` shows what changes",
    "export": _SEES_ALL,
    "help": "`--help` stands behind a command, or alone",
    "images": _IMAGES,
    "pause": "`stop` ends the process of a node, `start` begins it anew",
    "port": "no port is published; `exec NODE ...` reaches a service from inside",
    "publish": _IMAGES,
    "pull": _IMAGES,
    "push": _IMAGES,
    "rm": "`down` removes everything, `up -d --scale SERVICE=0` the nodes of a service",
    "run": "`exec NODE COMMAND` runs a program in a node that is up",
    "stats": "`top` shows the processes of the nodes",
    "unpause": "`stop` ends the process of a node, `start` begins it anew",
    "volumes": "there are no volumes; a bind mount shows this machine's own files",
    "wait": "`ps` shows with which status a node has ended",
    "watch": "`up -d` after an edit changes what differs",
}
"""Word -> what to do instead, as the end of a sentence."""


class Words(TyperGroup):
    """The commands. For a word of Compose that is none of them it says what to use."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in INSTEAD and args[0] not in self.commands:
            engine = ctx.obj.engine if ctx.obj else "sandbox"
            where = f"the {engine}" if engine == "sandbox" else f"the engine {engine}"
            end(f"there is no `{args[0]}` in {where}: {INSTEAD[args[0]]}", exit_status.USAGE)
        return super().resolve_command(ctx, args)
