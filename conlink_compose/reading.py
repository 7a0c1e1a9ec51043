"""The whole way from a request to what is declared, with every mistake on it told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from conlink_compose.compose.keys import unread_keys
from conlink_compose.compose.load import Document, load_files
from conlink_compose.compose.locate import Request
from conlink_compose.diagnostics import Diagnostic, Span, has_errors, in_file_order
from conlink_compose.language import resolve, schema
from conlink_compose.topology import Topology
from conlink_compose.workload import Workload
from conlink_compose.workloads.reader import workloads


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `topology` is None where there is an error that forbids to act on it.

    `sources` maps each file's name to its text, for `conlink_compose.diagnostics.render`.
    """

    document: Document | None
    topology: Topology | None
    workloads: tuple[Workload, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


Workloads = Callable[[Document], tuple[tuple[Workload, ...], list[Diagnostic]]]


def read(request: Request) -> Reading:
    """Read, check and resolve all that `request` names."""
    return _read(request, workloads)


def read_network(request: Request) -> Reading:
    """The same without what the services run: the files which that names need not be there."""
    return _read(request, lambda _: ((), []))


def _read(request: Request, workloads_of: Workloads) -> Reading:
    document, files = load_files(request)
    problems = list(files.diagnostics)
    if document is None:
        return Reading(None, None, (), tuple(in_file_order(problems)), files.sources)
    shape = schema.check(document)
    topology, faults = resolve.resolve(document)
    running, wrong = workloads_of(document)
    problems += [*_without_follow_ups(shape, files.refused), *unread_keys(document.tree)]
    told = files.refused | {problem.span for problem in shape if problem.span}
    problems += _without_follow_ups([*faults, *wrong], told)
    unique = tuple(in_file_order(problems))
    return Reading(
        document, None if has_errors(unique) else topology, running, unique, files.sources
    )


def _without_follow_ups(problems: Iterable[Diagnostic], told: set[Span]) -> list[Diagnostic]:
    """Those that do not stand inside a value about which something has been said already."""
    lines: dict[tuple[str, int], list[Span]] = {}
    for span in told:
        lines.setdefault((span.file, span.line), []).append(span)
    return [problem for problem in problems if not _is_inside(problem.span, lines)]


def _is_inside(span: Span | None, lines: Mapping[tuple[str, int], list[Span]]) -> bool:
    if span is None:
        return False
    near = lines.get((span.file, span.line), ())
    return any(one.column <= span.column and span[3:] <= one[3:] for one in near)
