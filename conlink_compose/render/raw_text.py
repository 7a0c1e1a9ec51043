"""A file's text as it is, byte for byte, addressed by the lines and columns of the reader."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property

LINE_END = re.compile(r"\r\n|\r|\n")
BOM = "\ufeff"


class RawText:
    """`text` with its byte order mark and its own line ends. Lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in LINE_END.finditer(self.text))]

    @cached_property
    def lines(self) -> list[str]:
        """Without their ends. Behind a final line end there is an empty one more."""
        return LINE_END.split(self.text)

    @cached_property
    def line_end(self) -> str:
        """The commonest one of the file."""
        found = Counter(LINE_END.findall(self.text)).most_common(1)
        return found[0][0] if found else "\n"

    @cached_property
    def normal(self) -> str:
        """What the reader is given: no mark, and a newline at the end of each line."""
        return LINE_END.sub("\n", self.text.removeprefix(BOM))

    def offset(self, line: int, column: int = 1) -> int:
        """The place in `text`. The line behind the last one begins at its end."""
        if line > len(self._starts):
            return len(self.text)
        skipped = len(BOM) if line == 1 and self.text.startswith(BOM) else 0
        return self._starts[line - 1] + skipped + column - 1

    def line(self, number: int) -> str:
        """Empty where there is no such line."""
        line = self.lines[number - 1] if 1 <= number <= len(self.lines) else ""
        return line.removeprefix(BOM) if number == 1 else line

    def is_blank(self, number: int) -> bool:
        return not self.line(number).strip()

    def is_comment(self, number: int) -> bool:
        return self.line(number).lstrip().startswith("#")
