"""The cases of tests/render/cases: compose files as people write them, and what becomes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.render.document import render
from conlink_compose.render.injected import Surroundings
from conlink_compose.render.pack import unpack
from conlink_compose.topology import Topology
from conlink_compose.topology_json import dump

FOLDER = Path(__file__).parent / "cases"
ENVIRONMENT = {"TAG": "1.2", "NET": "10.9.8"}
AROUND = Surroundings("conlink-compose:0.1")
WRITTEN, RENDERED = "compose.yaml", "rendered.yaml"
_PACKED = re.compile(r"CONLINK_TOPOLOGY_0\"?: [\"']([A-Za-z0-9+/=]+)[\"']")


@dataclass(frozen=True)
class Case:
    folder: Path

    def text(self, name: str) -> str:
        """Byte for byte."""
        return (self.folder / name).read_bytes().decode()

    def topology(self, name: str) -> Topology:
        found = read(Request(ENVIRONMENT, str(self.folder), (name,), "lab"))
        assert found.topology is not None, found.diagnostics
        return found.topology

    def render(self, name: str = WRITTEN) -> str:
        rendered, problems = render(self.text(name), name, self.topology(name), AROUND)
        assert rendered is not None, problems
        assert not problems
        return rendered


def cases() -> list[Case]:
    return [Case(folder) for folder in sorted(FOLDER.iterdir())]


def unpacked(text: str) -> str:
    """`text` with what the packed topology says: which bytes it has is zlib's own affair."""
    return _PACKED.sub(lambda found: dump(unpack({"CONLINK_TOPOLOGY_0": found[1]})), text)


if __name__ == "__main__":
    for one in cases():
        (one.folder / RENDERED).write_bytes(one.render().encode())
