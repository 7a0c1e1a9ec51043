"""A file that says how it goes, for a health check that costs less than to ask."""

from __future__ import annotations

from pathlib import Path

from conlink_compose.runtime.report import Report


class Health:
    """The problems, and in the last line `linked: 3 of 3 links` or `not linked: ...`: whether all
    that is running is linked, and nothing stands in the way."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None
        self._written = ""

    def write(self, progress: Report) -> None:
        """Nothing where nothing has changed. Raises `OSError`."""
        text = words(progress)
        if self._path and text != self._written:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self._path)
            self._written = text


def words(progress: Report) -> str:
    problems = progress["problems"]
    assert isinstance(problems, list)
    linked = progress["settled"] and not problems
    count = f"{progress['up']} of {progress['links']} links"
    verdict = f"{'linked' if linked else 'not linked'}: {count}"
    return "".join(f"{line}\n" for line in (*(one["message"] for one in problems), verdict))
