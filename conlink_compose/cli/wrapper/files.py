"""The files that Compose is given: the user's, and behind them what is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from conlink_compose.cli.wrapper.words import Words

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document
    from conlink_compose.engines import Compose

_KEY = "x-conlink"


def untouched(sources: Mapping[str, str]) -> bool:
    """Whether the files that were read have nothing for us: then all is as with Compose alone."""
    return not any(_KEY in text for text in sources.values())


class Files:
    """What `document` was read from. It is named in full: how Compose would have found it no longer
    counts where it is given one more file."""

    def __init__(self, words: Words, compose: Compose, document: Document) -> None:
        self._words, self._compose, self._document = words, compose, document

    def options(self) -> list[str]:
        """All global options, the files and the name of the project among them."""
        ours = self._compose.added()
        return self._options([ours] if ours else [])

    def of_the_user(self) -> list[str]:
        """The same without our file."""
        return self._options([])

    def _options(self, ours: Iterable[str]) -> list[str]:
        from conlink_compose.document.reader import STDIN

        document = self._document
        read = STDIN in document.file_order
        directory = self._words.last("--project-directory")
        options = self._words.again("--file", "--project-name")
        if read and directory is None:
            options += ["--project-directory", document.project_directory]
        for name in document.file_order:
            # v1 takes the standard input only where it is alone, and another file must be there.
            path = self._compose.keep(document.sources[STDIN]) if name == STDIN else name
            options += ["--file", path]
        for path in ours:
            options += ["--file", path]
        return [*options, "--project-name", document.project]
