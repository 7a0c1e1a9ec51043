"""What stands behind the verb of a command line of Compose, as far as it matters to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS_WITH_VALUE = "t"
_LETTERS_WITH_VALUE_INSIDE = "eluvwp"
"""Of `run` and `exec`. `up -w` is a flag, `exec -w` is not."""

_WITH_VALUE = (
    *("--timeout", "--scale", "--exit-code-from", "--attach", "--no-attach", "--pull"),
    *("--wait-timeout", "--env", "--env-from-file", "--label", "--user", "--workdir", "--volume"),
    *("--publish", "--name", "--entrypoint", "--cap-add", "--cap-drop", "--index"),
)


@dataclass(frozen=True, slots=True)
class Verb:
    """`rest` is all behind it, unchanged."""

    name: str
    rest: tuple[str, ...] = ()

    def flag(self, long: str, letter: str = "") -> bool:
        """Whether it is there: `--detach`, `-d`, or among others as in `-dV`."""
        found = False
        for option, value in self._options():
            if option == long or (letter and option == f"-{letter}"):
                found = value != "false"
        return found

    def values(self, option: str) -> list[str]:
        """From `--option x` and `--option=x`."""
        return [value for name, value in self._options() if name == option and value is not None]

    def without(self, option: str) -> tuple[str, ...]:
        """What stands behind the verb, but for `option`, which has a value."""
        kept: list[str] = []
        queue = list(self.rest)
        while queue:
            word = queue.pop(0)
            if word == "--":
                return (*kept, word, *queue)
            if word == option:
                del queue[:1]
            elif not word.startswith(f"{option}="):
                kept.append(word)
        return tuple(kept)

    def scales(self) -> tuple[tuple[str, int], ...]:
        """What `up --scale web=3` and `scale web=3` ask for. Others are Compose's to refuse."""
        said = [*self.values("--scale"), *(self.positional() if self.name == "scale" else ())]
        pairs = (word.partition("=") for word in said)
        return tuple((name, int(count)) for name, _, count in pairs if count.isdecimal())

    def services(self) -> tuple[str, ...]:
        """Those that are named; where none is, all are meant."""
        named = self.positional()
        return named[:1] if self._has_a_command else named

    def positional(self) -> tuple[str, ...]:
        """What is no option, nor the value of one."""
        return tuple(word for name, word in self._read() if not name and word)

    def asks_for_help(self) -> bool:
        """Whether Compose will only tell about the verb."""
        return any(name in ("--help", "-h") for name, _ in self._options())

    @property
    def _has_a_command(self) -> bool:
        """Behind a service's name all words are those of a program in it."""
        return self.name in ("run", "exec")

    def _options(self) -> list[tuple[str, str | None]]:
        return [(name, value) for name, value in self._read() if name]

    def _read(self) -> Iterator[tuple[str, str | None]]:
        """Each option with its value, and each other word with no name."""
        queue = list(self.rest)
        while queue:
            word = queue.pop(0)
            if word == "--":
                break
            if not word.startswith("-") or word == "-":
                yield "", word
                if self._has_a_command:
                    break
            elif word.startswith("--"):
                name, equals, value = word.partition("=")
                takes = name in _WITH_VALUE and not equals and queue
                yield name, queue.pop(0) if takes else (value if equals else None)
            else:
                yield from self._letters(word[1:], queue)
        yield from (("", word) for word in queue)

    def _letters(self, letters: str, queue: list[str]) -> Iterator[tuple[str, str | None]]:
        inside = self._has_a_command
        with_value = _LETTERS_WITH_VALUE_INSIDE if inside else _LETTERS_WITH_VALUE
        for place, letter in enumerate(letters):
            if letter in with_value:
                joined = letters[place + 1 :].removeprefix("=")
                yield f"-{letter}", joined or (queue.pop(0) if queue else None)
                return
            yield f"-{letter}", None
