"""A compose file's text, read, for the tests of the resolving."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conlink_compose.compose.locate import Request
from conlink_compose.reading import Reading, read
from conlink_compose.topology import Endpoint, Link, Topology


def reading(*texts: str) -> Reading:
    """The texts as files `0.yaml`, `1.yaml`, ..., in this order."""
    with tempfile.TemporaryDirectory() as folder:
        names = tuple(f"{number}.yaml" for number in range(len(texts)))
        for name, text in zip(names, texts, strict=True):
            Path(folder, name).write_text(text)
        return read(Request({}, folder, names, "lab"))


def topology(*texts: str) -> Topology:
    found = reading(*texts)
    assert found.topology is not None, found.diagnostics
    return found.topology


def codes(*texts: str) -> list[str]:
    return [diagnostic.code for diagnostic in reading(*texts).diagnostics]


def compose(**services: Mapping[str, Any] | list[Any]) -> str:
    """A compose file: a list is a service's links, a map is a service, `top` is x-conlink."""
    top = services.pop("top", None)
    written = {
        name: {"network_mode": "none", "x-conlink": {"links": service}}
        if isinstance(service, list)
        else {"network_mode": "none", **service}
        for name, service in services.items()
    }
    # JSON is YAML, and says each value's type.
    return json.dumps({"services": written} | ({"x-conlink": top} if top else {}), indent=1)


def link_of(of: Topology, dev: str) -> Link:
    return next(link for link in of.links if dev in (link.near.dev, link.far and link.far.dev))


def end_with(**fields: Any) -> Endpoint:
    """The end of a link to a bridge, with an address and these fields."""
    (link,) = topology(compose(web=[{"bridge": "lan", "ip": "10.0.0.2/24", **fields}])).links
    return link.near
