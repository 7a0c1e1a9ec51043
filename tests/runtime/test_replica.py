"""What is said of one replica of a scaled service holds for that one, exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import eventually, project

pytestmark = pytest.mark.namespaces

TEXT = """
x-conlink:
  links:
    - {container: n-2, bridge: lan, dev: lan0, ip: 10.0.0.2/24}
    - {container: n-2, dev: w, ip: 10.1.0.0/31, peer: {service: m, dev: w, ip: 10.1.0.1/31}}
    - {endpoints: ["container:n-2:v", "service:m:v"]}
  commands:
    - {container: n-2, command: "touch here-$$(hostname)"}
services:
  n: {network_mode: none, scale: 3, working_dir: FOLDER, command: sleep infinity}
  m:
    network_mode: none
    command: sleep infinity
    x-conlink:
      links:
        - {bridge: lan, ip: 10.0.0.1/24}
"""


def test_links_wires_and_commands_of_one_replica(tmp_path: Path) -> None:
    with project(tmp_path, TEXT.replace("FOLDER", str(tmp_path))) as lab:
        done = lab.up()
        assert "up: 4 of 4 nodes, 4 of 4 links" in done.stderr
        for target in ("10.0.0.2", "10.1.0.0", "n-2"):
            assert " 1 received" in lab.inside("m", "ping", "-c1", "-W2", target, check=False)
        assert [lab.inside(f"n-{i}", "ls", "/sys/class/net").split() for i in (1, 2, 3)] == [
            ["lo"],
            ["lan0", "lo", "v", "w"],
            ["lo"],
        ]
        eventually(lambda: list(tmp_path.glob("here-*")))
        assert [path.name for path in tmp_path.glob("here-*")] == ["here-n-2"]
        assert "nothing to do" in lab.plan()
