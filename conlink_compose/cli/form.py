"""What `--format` takes."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """As text for people, or as JSON for programs."""

    TEXT = "text"
    JSON = "json"


class TableForm(StrEnum):
    """As a table for people, or as JSON for programs."""

    TABLE = "table"
    JSON = "json"


class PrettyForm(StrEnum):
    """As Compose calls the two in `version`."""

    PRETTY = "pretty"
    JSON = "json"
