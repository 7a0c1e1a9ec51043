"""The services as a file of their own, for `-f USER.yaml -f OVERRIDE.yaml`."""

from __future__ import annotations

from typing import Any

from conlink_compose.render.injected import Services
from conlink_compose.render.yaml_text import Style, block_lines, escaped

_HEADER = "# Written by conlink-compose at each start; what you write here is lost."


def override(services: Services, version: str | None) -> str:
    """The text of the file. `version` is what the user's file says under that key, if it does:
    Compose 1.25.4 wants it in each file, exactly the same."""
    document: dict[str, Any] = {} if version is None else {"version": version}
    document["services"] = services
    return "\n".join([_HEADER, *block_lines(escaped(document), Style())]) + "\n"
