"""`conlink-compose plan`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import Declared, options_of, read_to_bring_up
from conlink_compose.cli.form import Form
from conlink_compose.diagnostics import Diagnostic, has_errors, in_file_order, wrapped

_COLOURS = {"add": "green", "remove": "red"}


def plan(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="For people or programs.")] = Form.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 4 where there is something to do.")
    ] = False,
) -> None:
    """Show what `up` would do to the network, each step with its cause. Touches nothing.

    As JSON it has the mistakes of the files too, as `problems`, and then no operations.

    \b
    Examples:
      conlink-compose plan
      conlink-compose plan --format json | jq '.operations[].object'
    """
    show = _show_as_json if form is Form.JSON else console.show
    declared = read_to_bring_up(options_of(context), show)
    found = _of_running(declared) or _of_nothing(declared)
    operations: list[dict[str, Any]] = found["operations"]
    if form is Form.JSON:
        import json

        console.out(json.dumps(found, indent=2))
    else:
        lines = [_painted(operation) for operation in operations]
        console.out("\n".join(lines) or f"{declared.topology.project}: nothing to do")
        for problem in found["problems"]:
            console.complain(console.sentence(problem))
    if exit_code and operations:
        raise typer.Exit(exit_status.CHANGES)


def _show_as_json(found: Sequence[Diagnostic], sources: Mapping[str, str]) -> None:
    """Mistakes to stdout, where a program reads; remarks to stderr, where a person does."""
    if not has_errors(found):
        console.show(found, sources)
        return
    import json

    problems = [diagnostic.as_dict() for diagnostic in in_file_order(found)]
    console.out(json.dumps({"operations": [], "problems": problems}, indent=2))


def _of_running(declared: Declared) -> dict[str, Any] | None:
    """What the project's runtime answers; None where the project is not up."""
    from conlink_compose.cli.wanted import wanted

    project = declared.project
    if not project.is_up():
        return None
    request = wanted(declared)
    found = project.ask("plan", topology=request.declaration)
    nodes = project.foresee(request)
    operations = [
        *_on_nodes("add", nodes.create, "is declared"),
        *_on_nodes("restart", nodes.recreate, "is declared anew, and its links are made again"),
        *_on_nodes("start", nodes.start, "has ended"),
        *found["operations"],
        *_on_nodes("remove", nodes.remove, "is no longer declared"),
    ]
    return {**found, "operations": operations}


def _on_nodes(verb: str, names: Iterable[str], cause: str) -> Iterator[dict[str, Any]]:
    for name in names:
        yield {
            "verb": verb,
            "object": {"kind": "node", "name": name},
            "cause": cause,
            "span": None,
            "text": f"{verb:<7} node {name}   # {cause}",
        }


def _painted(operation: dict[str, Any]) -> str:
    verb, text = str(operation["verb"]), wrapped(str(operation["text"]), console.columns())
    return console.colour(verb, _COLOURS.get(verb, "yellow")) + text.removeprefix(verb)


def _of_nothing(declared: Declared) -> dict[str, Any]:
    """What there is to do on an empty machine, as if every declared node ran."""
    from conlink_compose.reconcile.bind import bind, foreseen_parents
    from conlink_compose.reconcile.operation_json import as_dict
    from conlink_compose.reconcile.plan import plan as plan_state
    from conlink_compose.reconcile.settled import with_checksums

    nodes = tuple(declared.topology.foreseen())
    topology = with_checksums(declared.topology, declared.missing)
    desired = bind(topology, nodes, declared.missing).state
    planned = plan_state(desired, foreseen_parents(desired))
    added = _on_nodes("add", (node.name for node in nodes), "is declared")
    links = map(as_dict, planned.on_links)
    return {"operations": [*added, *links], "problems": []}
