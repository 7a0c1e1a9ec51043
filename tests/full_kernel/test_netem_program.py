"""A network with netem, from the file to the screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conlink_compose.kernel.kinds import missing_here
from conlink_compose.state.netem import SEED
from tests.project import eventually, project

TEXT = """
services:
  a:
    network_mode: none
    command: sleep 10000
    x-conlink:
      links:
        - {peer: {service: b}, ip: 10.0.0.1/24, netem: [delay 20ms, "loss 0% seed 42"]}
  b:
    network_mode: none
    command: sleep 10000
    x-conlink: {links: [{ip: 10.0.0.2/24}]}
"""

PING = ["ping", "-c5", "-i0.2", "-W2", "10.0.0.2"]
DELETE = ["tc", "qdisc", "del", "dev", "eth0", "root"]
SHOW = ["tc", "qdisc", "show", "dev", "eth0"]


def test_up_to_ps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONLINK_ENGINE", "sandbox")
    no_seed = bool(missing_here((SEED,)))
    with project(tmp_path, TEXT) as lab:
        said = lab.run("up", "-d").stderr
        assert ("takes no `seed` for netem" in said) is no_seed
        assert lab.runtime_log().count("takes no `seed` for netem") == no_seed
        assert "up, delay 20ms" in lab.run("ps").stdout
        found = re.search(r"min/avg/max/mdev = ([0-9.]+)", lab.inside("a", *PING))
        assert found
        assert 20 < float(found[1]) < 25
        lab.inside("a", *DELETE)
        eventually(lambda: "delay 20ms" in lab.inside("a", *SHOW), 30)
        lab.write(TEXT.replace("delay 20ms", "delay 40ms"))
        plan = lab.plan()
        assert plan.startswith(
            "change  netem a-1:eth0   # delay 20ms -> 40ms, limit 21000 -> 41000"
        )
        lab.run("up", "-d")
        assert "up, delay 40ms" in lab.run("ps").stdout
