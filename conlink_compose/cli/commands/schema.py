"""`conlink-compose schema`"""

from __future__ import annotations

from conlink_compose.cli import console


def schema() -> None:
    """Print the JSON Schema of `x-conlink`, for editors.

    \b
    Example:
      conlink-compose schema > x-conlink.schema.json
    """
    from conlink_compose.language.schema import schema_text

    console.out(schema_text().rstrip("\n"))
