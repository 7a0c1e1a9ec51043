"""The subject of a commit's message: at most 72 characters, and the why behind an empty line.

python .ci/subject.py FILE      the message in FILE, as git's commit-msg hook gives it
python .ci/subject.py A..B      those of the commits A..B
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LONGEST = 72
_SCISSORS = "# ------------------------ >8 ------------------------"


def written(text: str) -> list[str]:
    """The lines git will keep of an edited message."""
    lines = text.split(_SCISSORS, 1)[0].splitlines()
    return "\n".join(line for line in lines if not line.startswith("#")).strip().split("\n")


def complaints(lines: list[str]) -> list[str]:
    subject, *body = lines
    if subject.startswith(("fixup! ", "squash! ", "amend! ", "Merge ", "Revert ")):
        return []
    found = []
    if len(subject) > LONGEST:
        found.append(f"the subject has {len(subject)} characters, {LONGEST} at most: {subject}")
    if body and body[0].strip():
        found.append(f"an empty line stands between the subject and the body: {subject}")
    return found


def messages(named: str) -> list[list[str]]:
    if ".." not in named or Path(named).exists():
        return [written(Path(named).read_text(encoding="utf-8"))]
    log = subprocess.run(
        ["git", "log", "--format=%B%x00", named], check=True, capture_output=True, text=True
    )
    return [text.strip().split("\n") for text in log.stdout.split("\0") if text.strip()]


if len(sys.argv) != 2:
    sys.exit(__doc__)
told = [line for message in messages(sys.argv[1]) for line in complaints(message)]
if told:
    sys.exit("\n".join(told))
