"""The names of interfaces."""

from __future__ import annotations

from conlink_compose.diagnostics import Span
from conlink_compose.language.report import Report
from conlink_compose.topology import LONGEST_DEV


def check_device(report: Report, key: str, name: str, at: Span) -> bool:
    """Whether the kernel takes `name`, and nothing else has it; if not, an error."""
    size = len(name.encode())
    if size > LONGEST_DEV:
        message = f'{key} takes at most {LONGEST_DEV} bytes; "{name}" has {size}'
        report.error("name-too-long", at, message, f'shorten it, as in "{_shortened(name)}"')
        return False
    return check_signs(report, key, name, at)


def check_signs(report: Report, key: str, name: str, at: Span) -> bool:
    """The same for a name that may be longer, because the hub shortens it."""
    wrong = next((sign for sign in name if sign in "/:%" or sign.isspace()), None)
    if wrong is not None:
        sign = "white space" if wrong.isspace() else f'"{wrong}"'
        report.error("bad-name", at, f'the name of an interface holds no {sign}; this is "{name}"')
        return False
    if name in (".", "..", "lo", "all", "default"):
        why = "every node has one already" if name == "lo" else "the kernel refuses it"
        report.error("bad-name", at, f'{key} cannot be "{name}": {why}')
        return False
    return True


def _shortened(name: str) -> str:
    return name.encode()[:LONGEST_DEV].decode(errors="ignore")
