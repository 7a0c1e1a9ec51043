"""How much of the package the quick tests reach, and in which files that is little.

Most of what the command line, the engines and the kernel's room do is tried in namespaces and in
processes of their own, where nobody counts. They have a number apart, and none of their files is
named: a low number there says nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

PACKAGE = "conlink_compose"
ELSEWHERE = ("__main__.py", "cli", "engines", "ipc", "kernel", "linux", "runtime")
LOW = 90

Share = tuple[int, int]


def lines_of(text: str) -> dict[str, Share]:
    """(lines reached, lines there are), by the file's path inside the package."""
    return {
        str(Path(name).relative_to(PACKAGE)): (
            len(found["executed_lines"]),
            len(found["executed_lines"]) + len(found["missing_lines"]),
        )
        for name, found in json.loads(text)["files"].items()
    }


def percent(shares: Iterable[Share]) -> int:
    """Rounded down, so that 100 means all."""
    reached, there = map(sum, zip(*shares, strict=True))
    return 100 * reached // there if there else 100


files = lines_of(Path(sys.argv[1]).read_text(encoding="utf-8"))
here = {name: share for name, share in files.items() if name.split("/")[0] not in ELSEWHERE}
away = [share for name, share in files.items() if name not in here]
low = {name: percent([share]) for name, share in here.items() if percent([share]) < LOW}
print(
    f"coverage: {percent(files.values())}% of all lines; {percent(here.values())}% but for "
    f"{', '.join(ELSEWHERE[1:])} ({percent(away)}%: the rest of theirs runs in other processes)"
)
if low:
    print(f"below {LOW}%: " + ", ".join(f"{name} {low[name]}%" for name in sorted(low)))
