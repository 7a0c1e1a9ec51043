"""What libyaml stumbles over, said so that a reader of the file can mend it."""

from __future__ import annotations

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
    "did not find expected ',' or ']'": (
        "a list in `[...]` goes on without a `,` or is not closed by `]`",
        "put a `,` between the items and a `]` at the end",
    ),
    "did not find expected ',' or '}'": (
        "a map in `{...}` goes on without a `,` or is not closed by `}`",
        "put a `,` between the pairs and a `}` at the end",
    ),
    "did not find expected node content": (
        "a value was expected here",
        "close the bracket, take a needless `,` out, or quote the text",
    ),
    "could not find expected ':'": (
        "the line before is a key without a `:`",
        "write `key: value`, or indent the text as part of the value above it",
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
    "found unexpected document indicator": (
        "a quoted text is still open where a new document begins",
        "close the quote",
    ),
}
_STARTS = {
    "\t": ("a tab cannot indent a line", "use spaces"),
    "@": ("a value cannot begin with `@`", "put it in quotes"),
    "`": ("a value cannot begin with a backtick", "put it in quotes"),
    "%": ("a value cannot begin with `%`", "put it in quotes"),
}


def syntax_error(file: str, text: str, error: Exception) -> Diagnostic:
    """The diagnostic for an exception of libyaml over `text`."""
    problem = getattr(error, "problem", None)
    if problem is None:
        return _reader_error(file, text, error)
    context = getattr(error, "context", None) or ""
    mark = error.problem_mark  # type: ignore[attr-defined]
    opened = getattr(error, "context_mark", None)
    at = _place(file, text, mark.index)
    if problem in ("found unexpected end of stream", "found unexpected document indicator") and (
        "quoted scalar" in context and opened
    ):
        at = _place(file, text, opened.index)
        words = ("a quote is opened here and never closed", "close it, or double it inside '...'")
    elif problem == "found character that cannot start any token":
        sign = text[mark.index : mark.index + 1]
        words = _STARTS.get(sign, (f"a value cannot begin with `{sign}`", "put it in quotes"))
    elif problem == "did not find expected key" and _is_behind_quote(text, at):
        words = ("there is text behind a quoted value", "quote the whole value")
    elif problem == "did not find expected node content" and text.startswith(":", mark.index):
        words = ("inside `{...}` and `[...]` a value cannot begin with `:`", "put it in quotes")
    elif _is_behind_variable(text, at):
        words = ("`${` begins a map inside `{...}` and `[...]`", 'quote the value: "${NAME}"')
    else:
        words = _SENTENCES.get(problem, ("this is not YAML", "see https://yaml.org/spec/1.2.2"))
    message = f"{words[0]} (YAML reader: {problem})"
    return Diagnostic("yaml-syntax", message, at, words[1])


def _is_behind_quote(text: str, at: Span) -> bool:
    before = text.split("\n")[at.line - 1][: at.column - 1].rstrip()
    return before.endswith(('"', "'"))


def _is_behind_variable(text: str, at: Span) -> bool:
    return "${" in text.split("\n")[at.line - 1][: at.column]


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
