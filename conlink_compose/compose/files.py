"""The files of one reading: each is read once, and its text is kept for the excerpts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from conlink_compose.compose.variables import interpolate
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.reader import parse, read_source
from conlink_compose.document.tree import Map


@dataclass(slots=True)
class Files:
    """`broken` tells that a file could not be read as a tree, so that what is there is not all.

    `refused` are the places of values that an error has been told about: what else is wrong with
    them follows from it. `may_be_empty` names files of which a warning is enough if they are.
    """

    working_directory: str
    may_be_empty: frozenset[str] = frozenset()
    sources: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: bool = False
    refused: set[Span] = field(default_factory=set)
    _variables: list[Mapping[str, str]] = field(default_factory=list)
    _raw: dict[str, Map | None] = field(default_factory=dict)
    _filled: dict[tuple[str, int], Map | None] = field(default_factory=dict)

    def raw(self, name: str, asked_by: Span | None = None) -> Map | None:
        """The tree of the file `name`, its variables not filled in."""
        if name not in self._raw:
            self._raw[name] = self._read(name, asked_by)
        return self._raw[name]

    def tree(
        self, name: str, variables: Mapping[str, str], asked_by: Span | None = None
    ) -> Map | None:
        """The tree of the file `name` with `variables`, which must live as long as this."""
        key = (name, id(variables))
        if key not in self._filled:
            tree = self.raw(name, asked_by)
            self._filled[key] = tree
            if tree is not None:
                # It is filled in where it stands; another set of variables reads the file anew.
                del self._raw[name]
                problems, refused = interpolate(tree, variables, self.sources[name])
                self.diagnostics += problems
                self.refused |= refused
        return self._filled[key]

    def kept(self, variables: Mapping[str, str]) -> Mapping[str, str]:
        """`variables`, made to live as long as this."""
        self._variables.append(variables)
        return variables

    def absolute(self, name: str) -> str:
        return os.path.normpath(os.path.join(self.working_directory, name))  # noqa: PTH118

    def _read(self, name: str, asked_by: Span | None) -> Map | None:
        text = self.sources.get(name)
        if text is None:
            text, problems = read_source(name, self.working_directory, asked_by)
            self.diagnostics += problems
        if text is None:
            self.broken = True
            return None
        self.sources[name] = text
        tree, problems = parse(text, name)
        if name in self.may_be_empty and [problem.code for problem in problems] == ["empty-file"]:
            at = Span(name, 1, 1, 1, 1)
            told = problems[0].message
            self.diagnostics.append(Diagnostic("empty-file", told, at, None, Severity.WARNING))
            return Map(at)
        self.diagnostics += problems
        self.refused |= {problem.span for problem in problems if problem.span}
        self.broken = self.broken or tree is None
        return tree
