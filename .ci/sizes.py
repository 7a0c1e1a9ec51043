"""The house's sizes: no file over 300 lines, no function over 40."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

FILE, FUNCTION = 300, 40


def too_long(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    count = text.count("\n")
    found = [f"{path}: {count} lines, {FILE} at most"] if count > FILE else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                found.append(
                    f"{path}:{node.lineno}: {node.name} has {length} lines, {FUNCTION} at most"
                )
    return found


folders = ("conlink_compose", "tests", "bench", ".ci")
files = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
complaints = [line for path in files for line in too_long(path)]
print("\n".join(complaints) or f"{len(files)} files within the house's sizes")
sys.exit(bool(complaints))
