"""Variables in a tree: every value that holds a `$`, and no key.

Under `x-conlink` a variable without a value is an error, for a blank there is an address or a
name that nobody chose. Elsewhere it is what it is for Compose: a blank, and a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conlink_compose.compose.variables import Problem, substitute
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.scalars import Unquoted, typed_again
from conlink_compose.document.tree import List, Map, Value, place_within


def interpolate(
    tree: Map, variables: Mapping[str, str], text: str
) -> tuple[list[Diagnostic], set[Span]]:
    """Fill the variables of `tree` in, where they stand. `text` is the text of its file.

    Gives the problems, and the places of the values that are not what was meant.
    """
    if "$" not in text:
        return [], set()
    filler = _Filler(variables, text)
    # First what is under x-conlink: a container that an alias shares is filled in once, and the
    # stricter reading holds for it.
    for box in _own_blocks(tree):
        filler.strict = True
        filler.fill(box)
    filler.strict = False
    filler.fill(tree)
    return list(filler.problems.values()), filler.doubtful


def _own_blocks(tree: Map) -> Iterator[Map | List]:
    services = tree.get("services")
    holders: list[Value] = [tree]
    if isinstance(services, Map):
        holders += services.values()
    for holder in holders:
        block = holder.get("x-conlink") if isinstance(holder, Map) else None
        if isinstance(block, Map | List):
            yield block


class _Filler:
    def __init__(self, variables: Mapping[str, str], text: str) -> None:
        self.variables = variables
        self.text = text
        self.lines: list[str] | None = None
        self.strict = False
        self.problems: dict[tuple[Span, str], Diagnostic] = {}
        self.doubtful: set[Span] = set()
        self._done: set[int] = set()

    def fill(self, box: Map | List) -> None:
        if id(box) in self._done:
            return
        self._done.add(id(box))
        pairs = box.items() if isinstance(box, Map) else enumerate(box)
        for key, value in pairs:
            if isinstance(value, str):
                if "$" in value:
                    box[key] = self._filled(value, box.values_at[key])  # type: ignore[index]
            elif isinstance(value, Map | List):
                self.fill(value)

    def _filled(self, value: str, at: Span) -> Value:
        result, problems = substitute(value, self.variables)
        for problem in problems:
            place = self._place(value, at, problem)
            told = _diagnostic(problem, place, self.strict)
            self.problems.setdefault((place, told.message), told)
            if told.is_error:
                self.doubtful.add(at)
        return typed_again(result, isinstance(value, Unquoted))

    def _place(self, value: str, at: Span, problem: Problem) -> Span:
        """The words in the file. Where the value stands there as it is, they are counted off."""
        self.lines = self.lines or self.text.split("\n")
        line = self.lines[at.line - 1]
        start = line.find(value, at.column - 1, at.end_column + 1)
        if at.line == at.end_line and start >= 0:
            column = start + 1 + problem.start
            return at._replace(column=column, end_column=column + problem.end - problem.start)
        return place_within(at, self.text, value[problem.start : problem.end])


def _diagnostic(problem: Problem, at: Span, strict: bool) -> Diagnostic:
    name = problem.name
    if problem.kind == "bad":
        advice = "write `${NAME}`, or `$$` for a dollar sign"
        return Diagnostic("bad-variable", f"`{name}` is no variable", at, advice)
    advice = f"set it in the environment or in .env, or give a default: `${{{name}:-...}}`"
    if problem.kind == "required":
        said = f": {problem.detail}" if problem.detail else ""
        return Diagnostic("variable-unset", f"`{name}` needs a value{said}", at, _set_it(name))
    if strict:
        return Diagnostic("variable-unset", f"`{name}` has no value", at, advice)
    message = f"`{name}` has no value, so it is blank here"
    return Diagnostic("variable-unset", message, at, advice, Severity.WARNING)


def _set_it(name: str) -> str:
    return f"set `{name}` in the environment or in .env"
