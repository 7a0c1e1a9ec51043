"""A command line of Compose: its global options, its verb, and the rest, which is the verb's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_TAKE_A_VALUE = {
    "-f": "--file",
    "-p": "--project-name",
    "-H": "--host",
    "-c": "--context",
    **{
        name: name
        for name in (
            *("--file", "--project-name", "--profile", "--env-file", "--project-directory"),
            *("--ansi", "--progress", "--parallel", "--log-level", "--host", "--context"),
            *("--tlscacert", "--tlscert", "--tlskey", "--workdir", "--engine"),
        )
    },
}
"""The global options of Compose 1.25 to 2.40 that have a value, and our own."""

_READ = ("--file", "--project-name", "--profile", "--env-file", "--project-directory", "--engine")
"""What we read ourselves, and say again in our own way, or not at all."""


@dataclass(frozen=True, slots=True)
class Words:
    """`given` holds the values of the options that have one, `passed` what only Compose reads."""

    given: dict[str, list[str]] = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    verb: str | None = None
    rest: tuple[str, ...] = ()

    def last(self, option: str) -> str | None:
        return self.given[option][-1] if option in self.given else None

    def all(self, option: str) -> tuple[str, ...]:
        return tuple(self.given.get(option, ()))


def split(words: Sequence[str]) -> Words:
    """Whatever is not known as an option with a value is one without."""
    given: dict[str, list[str]] = {}
    passed: list[str] = []
    queue = list(words)
    while queue and queue[0].startswith("-") and queue[0] != "--":
        word = queue.pop(0)
        option, value = _option(word)
        if option is None:
            passed.append(word)
            continue
        if value is None:
            value = queue.pop(0) if queue else ""
        given.setdefault(option, []).append(value)
        if option not in _READ:
            passed += [option, value]
    verb = queue.pop(0) if queue else None
    return Words(given, tuple(passed), verb, tuple(queue))


def _option(word: str) -> tuple[str | None, str | None]:
    """The long name of an option that has a value, and the value if it stands in the same word."""
    name, equals, value = word.partition("=")
    if name in _TAKE_A_VALUE:
        return _TAKE_A_VALUE[name], value if equals else None
    if not word.startswith("--") and word[:2] in _TAKE_A_VALUE:
        return _TAKE_A_VALUE[word[:2]], word[2:]
    return None, None


def scales(verb: str | None, rest: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """What `up --scale web=3` and `scale web=3` ask for. Others are Compose's to refuse."""
    found: list[str] = []
    words = list(rest)
    while words:
        word = words.pop(0)
        if word == "--scale" and words:
            found.append(words.pop(0))
        elif word.startswith("--scale="):
            found.append(word.removeprefix("--scale="))
        elif verb == "scale" and not word.startswith("-"):
            found.append(word)
    pairs = (word.partition("=") for word in found)
    return tuple((name, int(count)) for name, _, count in pairs if count.isdecimal())


def flag(rest: Sequence[str], short: str, long: str) -> bool:
    """Whether a verb's words hold a flag: `-d`, `--detach`, or among others as in `-dV`."""
    for word in rest:
        if word == "--":
            return False
        if word in (long, f"{long}=true"):
            return True
        letters = word[1:] if word[:1] == "-" and word[:2] != "--" else ""
        if short[1:] in letters and letters.isalpha():
            return True
    return False


def value(rest: Sequence[str], option: str) -> str | None:
    """The value of a verb's option, from `--option x` or `--option=x`."""
    for number, word in enumerate(rest):
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if word == option and number + 1 < len(rest):
            return rest[number + 1]
    return None
