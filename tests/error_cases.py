"""The cases of tests/errors: what each asks for, and what a user is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.diagnostics import Diagnostic, in_file_order, render
from conlink_compose.engines.sandbox.sysctl_probe import refused_sysctls
from conlink_compose.engines.sandbox.unhonoured import sandbox_warnings
from conlink_compose.engines.sandbox.users import user_problems
from conlink_compose.reading import Reading, read

FOLDER = Path(__file__).parent / "errors"
SANDBOX = "--sandbox"
_OPTIONS = ("-f", "-p", "--profile", "--env-file", "--project-directory")


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    words: tuple[str, ...]
    expected: Path

    def request(self, environ: Mapping[str, str] | None = None) -> Request:
        """`environ` is what the environment holds beside what the words say."""
        options: dict[str, list[str]] = {option: [] for option in _OPTIONS}
        environ = dict(environ or {})
        words = list(self.words)
        while words:
            word = words.pop(0)
            if word in _OPTIONS:
                options[word].append(words.pop(0))
            elif word != SANDBOX:
                name, _, value = word.partition("=")
                environ[name] = value
        return Request(
            environ,
            str(self.folder),
            tuple(options["-f"]),
            next(iter(options["-p"]), None),
            next(iter(options["--project-directory"]), None),
            tuple(options["--env-file"]),
            tuple(options["--profile"]),
        )

    def reading(self) -> Reading:
        return read(self.request())

    def diagnostics(self) -> list[Diagnostic]:
        """What reading tells, and with `--sandbox` what the sandbox cannot honour."""
        reading = self.reading()
        told = list(reading.diagnostics)
        if SANDBOX in self.words and reading.document:
            told += [*sandbox_warnings(reading.document), *refused_sysctls(reading.document)]
            told += user_problems(reading.document, None)
        return in_file_order(told)

    def told(self) -> str:
        sources = self.reading().sources
        words = [render(diagnostic, sources) for diagnostic in self.diagnostics()]
        return "\n".join(words) + "\n"


def cases(root: Path = FOLDER) -> list[Case]:
    found = [
        Case(file.stem, root, ("-f", file.name), file.with_suffix(".txt"))
        for file in root.glob("*.yaml")
    ]
    for folder in (path for path in root.iterdir() if path.is_dir()):
        args = folder / "args"
        words = tuple(args.read_text().split("\n")[:-1]) if args.exists() else ()
        found.append(Case(folder.name, folder, words, folder / "expected.txt"))
    return sorted(found, key=lambda case: case.name)


if __name__ == "__main__":
    for one in cases():
        one.expected.write_text(one.told())
