"""What a service of ours says about itself, on stderr: `time level logger: message`, or as JSON.

Each module has a logger of its own name; only the programs (the supervisor, the runtime) call
`configure`, once when they start, and again when another level is wanted.
"""

from __future__ import annotations

import json
import logging
import sys
import time

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("text", "json")
FIELDS = "fields"
"""The key of `extra` under which a line has more for a program to read: a dict for JSON."""


_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Formatter(logging.Formatter):
    """Times are UTC in ISO 8601, as in the logs of the nodes."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


class _JsonFormatter(_Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(level: str = "info", form: str | None = None) -> None:
    """Say what is of this level or above it, in the form `text` or `json`; called again, the new
    level holds, and the new form, if there is one.

    Raises `ValueError` for what is none of `LEVELS` or `FORMATS`.
    """
    if form not in (None, *FORMATS):
        raise ValueError(f"`{form}` is no form of a log; there are {', '.join(FORMATS)}")
    if level not in LEVELS:
        raise ValueError(f"`{level}` is no log level; there are {', '.join(LEVELS)}")
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
        form = form or "text"
    if form:
        root.handlers[0].setFormatter(_JsonFormatter() if form == "json" else _Formatter(_TEXT))
    root.setLevel(level.upper())
