"""A command line of Compose: its global options, its verb, and the rest, which is the verb's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_LETTERS = {"f": "--file", "p": "--project-name", "H": "--host", "c": "--context"}
"""The global options that have a value and a letter."""

_WITH_VALUE = (
    *("--file", "--project-name", "--profile", "--env-file", "--project-directory", "--engine"),
    *("--ansi", "--progress", "--parallel", "--log-level", "--host", "--context"),
    *("--tlscacert", "--tlscert", "--tlskey", "--workdir"),
)
"""The global options of Compose 1.25 to 2.40 that have a value, and our own."""

_OURS = (*_WITH_VALUE[:6], "--ansi")

_FLAGS = (
    *("--all-resources", "--compatibility", "--dry-run", "--verbose", "--no-ansi", "--debug"),
    *("--tls", "--tlsverify", "--skip-hostname-check", "--version", "--help"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """`options` are the global ones in their order, by their long names; a flag has no value.

    `rest` is all behind the verb. Where there is no verb, it is empty.
    """

    options: tuple[tuple[str, str | None], ...] = ()
    verb: str | None = None
    rest: tuple[str, ...] = ()

    def last(self, option: str) -> str | None:
        return (self.all(option) or (None,))[-1]

    def has(self, option: str) -> bool:
        return any(name == option for name, _ in self.options)

    def all(self, option: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.options if name == option and value is not None)

    def again(self, *without: str) -> list[str]:
        """The global options as Compose takes them, but for our own and those of `without`."""
        return self._said(lambda name: name not in (*without, "--engine"))

    def ours(self) -> list[str]:
        """The global options that we have too."""
        return self._said(lambda name: name in _OURS)

    def _said(self, wanted: Callable[[str], bool]) -> list[str]:
        return [
            word
            for name, value in self.options
            if wanted(name)
            for word in ((name,) if value is None else (name, value))
        ]

    def command(self) -> list[str]:
        """The verb and what is its own."""
        return [*([self.verb] if self.verb else []), *self.rest]


def split(words: Sequence[str]) -> Words:
    """Whatever is not known as an option with a value is one without: Compose will judge it."""
    queue = list(words)
    options: list[tuple[str, str | None]] = []
    while queue and queue[0].startswith("-") and queue[0] not in ("-", "--"):
        options += _read_option(queue)
    if queue[:1] == ["--"]:
        del queue[0]
    verb = queue.pop(0) if queue else None
    return Words(tuple(options), verb, tuple(queue))


def _read_option(queue: list[str]) -> Iterator[tuple[str, str | None]]:
    """Take the first word off the queue, and the next where it is the value."""
    word = queue.pop(0)
    if not word.startswith("--"):
        yield from _read_letters(word[1:], queue)
        return
    name, equals, value = word.partition("=")
    name = _whole(name)
    if name not in _WITH_VALUE:
        yield word if equals else name, None
    elif equals:
        yield name, value
    elif queue:
        yield name, queue.pop(0)
    else:
        yield name, None


def _read_letters(letters: str, queue: list[str]) -> Iterator[tuple[str, str | None]]:
    """`-f x`, `-fx`, `-f=x`, and with flags before it `-vf x`."""
    for place, letter in enumerate(letters):
        if letter not in _LETTERS:
            yield f"-{letter}", None
            continue
        joined = letters[place + 1 :].removeprefix("=")
        yield _LETTERS[letter], joined or (queue.pop(0) if queue else None)
        return


def _whole(name: str) -> str:
    """The option that `name` begins, as Compose v1 takes it where only one does."""
    known = (*_WITH_VALUE, *_FLAGS)
    begun = [option for option in known if option.startswith(name)]
    return begun[0] if name not in known and len(begun) == 1 else name
