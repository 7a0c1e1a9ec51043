"""The command line: the options before the command, and the commands by name.

Each command's module is small; what is heavy is imported inside the command, so that
`--help` costs a tenth of a second.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from conlink_compose import __version__
from conlink_compose.cli import console, exit_status, streams
from conlink_compose.cli.commands.check import check
from conlink_compose.cli.commands.down import down
from conlink_compose.cli.commands.exec import exec_in_node
from conlink_compose.cli.commands.image import image
from conlink_compose.cli.commands.kill import kill
from conlink_compose.cli.commands.link import link
from conlink_compose.cli.commands.logs import logs
from conlink_compose.cli.commands.ls import ls
from conlink_compose.cli.commands.netem import netem
from conlink_compose.cli.commands.plan import plan
from conlink_compose.cli.commands.ps import ps
from conlink_compose.cli.commands.render import render
from conlink_compose.cli.commands.reset import reset
from conlink_compose.cli.commands.restart import restart
from conlink_compose.cli.commands.scale import scale
from conlink_compose.cli.commands.schema import schema
from conlink_compose.cli.commands.start import start
from conlink_compose.cli.commands.status import status
from conlink_compose.cli.commands.stop import stop
from conlink_compose.cli.commands.top import top
from conlink_compose.cli.commands.up import up
from conlink_compose.cli.commands.version import version
from conlink_compose.cli.context import Options
from conlink_compose.cli.engine_name import engine_of
from conlink_compose.cli.other_words import Words as CommandWords
from conlink_compose.cli.wrapper import OURS, choose_engine_of, is_for_compose
from conlink_compose.cli.wrapper.words import Words, split

HELP = """Declare the network of your Compose file next to its services.

\b
Examples:
  conlink-compose check                      every mistake, at its line
  conlink-compose plan                       what `up` would do
  conlink-compose -f lab.yaml up -d          bring it up, and return when it stands
  conlink-compose status                     who is wired to what
  conlink-compose exec r1 ping 10.0.0.2      run a program in a node
  conlink-compose down                       take everything down
  conlink-compose render > out.yaml          the same for Compose by itself

\b
With Docker every verb of Compose passes through (`up`, `ps`, `exec`, `pull`, `run`, `cp`, ...) with
all its options; `conlink-compose up --help` is Compose's own. The program is CONLINK_COMPOSE,
`docker compose` or `docker-compose`. In the sandbox there are those that stand below.

\b
Exit status:
  0 done   1 the file has mistakes, its network is not up whole, or a process failed
  2 wrong usage   3 no such project, node or engine   4 `plan --exit-code`: something to do
  130 interrupted   `exec` gives its program's own, and with Docker a verb of Compose Compose's
"""

app = typer.Typer(
    name="conlink-compose",
    cls=CommandWords,
    help=HELP,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
OF_NODES = (up, scale, status, ps, top, logs, start, stop, restart, kill, down)
for command in (check, plan, *OF_NODES, link, netem, reset, ls, render, schema, version):
    app.command()(command)
app.command(
    "exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)(exec_in_node)
app.add_typer(image, name="image")


def _version(wanted: bool) -> None:
    if wanted:
        console.out(f"conlink-compose {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    file: Annotated[
        list[str] | None,
        typer.Option("-f", "--file", help="A compose file; may be given again. [COMPOSE_FILE]"),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option("-p", "--project-name", help="The project's name. [COMPOSE_PROJECT_NAME]"),
    ] = None,
    project_directory: Annotated[
        str | None, typer.Option(help="Where relative paths start. [the first file's folder]")
    ] = None,
    env_file: Annotated[
        list[str] | None, typer.Option(help="Variables, in place of .env; may be given again.")
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option(help="A profile to enable. [COMPOSE_PROFILES]")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            envvar="CONLINK_ENGINE",
            help="What runs the nodes: docker, or sandbox (processes in namespaces).",
        ),
    ] = None,
    ansi: Annotated[str, typer.Option(help="Colour: auto, never or always.")] = "auto",
    show_version: Annotated[
        bool,
        typer.Option("-v", "--version", callback=_version, is_eager=True, help="Print it and end."),
    ] = False,
) -> None:
    del show_version
    chosen = engine is not None
    engine = engine_of(engine)
    _one_of("--ansi", ansi, ("auto", "never", "always"))
    console.ANSI["mode"] = ansi
    files, env_files, profiles = (tuple(words or ()) for words in (file, env_file, profile))
    where = (project, project_directory, env_files, profiles)
    context.obj = Options(files, *where, engine, engine_was_chosen=chosen)


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise typer.BadParameter(f"{option} {value!r} is none of: {', '.join(allowed)}")


def run() -> None:
    """Run the command line and end the process. No traceback reaches a user for what a user
    or the machine can cause."""
    streams.make_safe()
    try:
        try:
            _obey_line(sys.argv[1:])
        finally:
            sys.stdout.flush()  # at the interpreter's end nobody could tell what goes wrong
    except KeyboardInterrupt:
        sys.exit(exit_status.INTERRUPTED)
    except OSError as error:
        console.complain(f"{error.filename or 'the output'}: {error.strerror}")
        os._exit(exit_status.MISTAKES)  # the interpreter would try to write the rest once more


def _obey_line(line: Sequence[str]) -> None:
    words = split(line)
    if words.verb is None:
        app()  # `--help` needs no engine, and does not wait for one to be imported
    _obey(words)


def _obey(words: Words) -> None:
    from conlink_compose.engines import EngineRefusedError, EngineUnreachableError

    try:
        choose_engine_of(words)
        if is_for_compose(words):
            from conlink_compose.cli.wrapper.run import run as pass_on

            sys.exit(pass_on(words))
        app([*words.ours(), *words.command()] if words.verb in OURS else None)
    except (EngineUnreachableError, EngineRefusedError) as error:
        console.complain(str(error))
        sys.exit(exit_status.NOT_UP)
