"""What libyaml stumbles over, said so that a reader of the file can mend it."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.diagnostics import Diagnostic, Span

_SENTENCES: dict[str, tuple[str, str]] = {
    "mapping values are not allowed in this context": (
        "a `:` stands where no key can be",
        "quote the text if the `:` belongs to it; otherwise compare the indentation with the "
        "line above",
    ),
    "did not find expected key": (
        "this line fits neither the key above it nor the ones around it",
        "indent it exactly like its neighbours",
    ),
    "did not find expected '-' indicator": (
        "a list ends here without an item: a `-` was expected",
        "begin the item with `- `, or indent the line like the key that it belongs to",
    ),
    "did not find expected node content": (
        "a value was expected here",
        "close the bracket, take a needless `,` out, or quote the text",
    ),
    "block sequence entries are not allowed in this context": (
        "a list item `- ` cannot stand here",
        "put it on a line of its own below its key",
    ),
    "found undefined tag handle": ("this tag is not known", "take the tag out"),
    "found unknown escape character": (
        "no such escape exists in double quotes",
        "use single quotes, or write `\\\\` for a backslash",
    ),
    "did not find expected <document start>": (
        "there is text behind the end of the document",
        "take the `...` line or the text behind it out",
    ),
}
_BRACKETS = {
    "did not find expected ',' or ']'": ("list", "[", "]"),
    "did not find expected ',' or '}'": ("map", "{", "}"),
}
_QUOTE_OPEN = ("found unexpected end of stream", "found unexpected document indicator")
_QUOTE_IT = "put it in quotes"
_STARTS = {
    "\t": ("a tab cannot indent a line", "use spaces"),
    "@": ("a value cannot begin with `@`", _QUOTE_IT),
    "`": ("a value cannot begin with a backtick", _QUOTE_IT),
    "%": ("a value cannot begin with `%`", _QUOTE_IT),
}


@dataclass(frozen=True, slots=True)
class _Stumble:
    """What libyaml says: the problem and its place, and the beginning of what it was reading."""

    text: str
    problem: str
    context: str
    index: int
    opened: int

    @property
    def sign(self) -> str:
        return self.text[self.index : self.index + 1]

    def before(self) -> str:
        """The line up to the place."""
        return self.text[self.text.rfind("\n", 0, self.index) + 1 : self.index]


def syntax_error(file: str, text: str, error: Exception) -> Diagnostic:
    """The diagnostic for an exception of libyaml over `text`."""
    problem = getattr(error, "problem", None)
    mark = getattr(error, "problem_mark", None)
    if problem is None or mark is None:
        return _reader_error(file, text, error)
    opened = getattr(error, "context_mark", None)
    index = min(mark.index, len(text.rstrip()))
    stumble = _Stumble(
        text,
        problem,
        getattr(error, "context", None) or "",
        index,
        opened.index if opened else index,
    )
    at, message, advice = _explained(stumble)
    message = f"{message} (YAML reader: {problem})"
    return Diagnostic("yaml-syntax", message, _place(file, text, at), advice)


def _explained(stumble: _Stumble) -> tuple[int, str, str]:
    """Where to look, what is wrong and what to do."""
    problem, here = stumble.problem, stumble.index
    if "quoted scalar" in stumble.context and problem in _QUOTE_OPEN:
        advice = "close it, or double it inside '...'"
        return stumble.opened, "a quote is opened here and never closed", advice
    if stumble.context == "while scanning a simple key":
        advice = "write `key: value`, or indent the text as part of the value above it"
        return stumble.opened, "this line is a key without a `:`", advice
    if problem == "found character that cannot start any token":
        sign = stumble.sign
        return here, *_STARTS.get(sign, (f"a value cannot begin with `{sign}`", _QUOTE_IT))
    if "did not find expected" in problem:
        found = _expected(stumble)
        if found is not None:
            return found
    return here, *_SENTENCES.get(problem, ("this is not YAML", "see https://yaml.org/spec/1.2.2"))


def _expected(stumble: _Stumble) -> tuple[int, str, str] | None:
    """Of the many ways to miss something, those that have a better name."""
    before, here = stumble.before(), stumble.index
    variable = (before + stumble.sign).rfind("${")
    if variable >= 0 and stumble.context.startswith("while parsing a flow"):
        at = here - len(before) + variable
        return at, "`${` begins a map inside `{...}` and `[...]`", 'quote the value: "${NAME}"'
    if stumble.problem == "did not find expected node content" and stumble.sign == ":":
        return here, "inside `{...}` and `[...]` a value cannot begin with `:`", _QUOTE_IT
    if stumble.problem == "did not find expected key" and before.rstrip().endswith(('"', "'")):
        return here, "there is text behind a quoted value", "quote the whole value"
    pair = _BRACKETS.get(stumble.problem)
    if pair is None:
        return None
    what, opening, closing = pair
    line = stumble.text.count("\n", 0, stumble.opened) + 1
    message = f"the {what} that `{opening}` opens on line {line} goes on without a `,`"
    return here, message, f"put a `,` between its parts and a `{closing}` at its end"


def _reader_error(file: str, text: str, error: Exception) -> Diagnostic:
    """Of a character that no YAML file may hold."""
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return Diagnostic("yaml-syntax", "this is not YAML", Span(file, 1, 1, 1, 1))
    character = text[position : position + 1]
    code = f"U+{ord(character):04X}" if character else "at the end of the file"
    message = f"the control character {code} is not allowed in YAML"
    advice = (
        f'take it out, or write "\\x{ord(character):02x}" in double quotes'
        if (character and ord(character) < 256)
        else "take it out"
    )
    return Diagnostic("yaml-syntax", message, _place(file, text, position), advice)


def _place(file: str, text: str, index: int) -> Span:
    """The character at `index`; behind the last text of the file where that is past its end."""
    index = min(index, len(text.rstrip()))
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    return Span(file, line, column, line, column + 1)
