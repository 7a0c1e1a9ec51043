"""`run`: a container beyond the replicas stands in for one that does not run, or gets no links."""

from __future__ import annotations

from pathlib import Path

from tests.docker.conftest import Engine
from tests.docker.lab import Lab, eventually, lab_of

FILE = """
x-conlink:
  bridges: {lan: {mode: linux}}
services:
  web:
    image: alpine
    network_mode: none
    command: sleep infinity
    stop_signal: SIGKILL
    scale: 2
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""


def run(lab: Lab) -> str:
    """The id of a one-off container."""
    return lab.run("run", "-d", "web", "sleep", "infinity").stdout.split()[-1]


def test_it_stands_in_for_a_replica_that_does_not_run(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    with lab_of(engine, tmp_path, FILE) as lab:
        lab.up()
        second = lab.id_of("web", 2)
        more = run(lab)
        eventually(lambda: "gets no links: it is a one-off container of web" in lab.log())
        assert lab.interfaces(more) == {}
        lab.docker("kill", second)
        eventually(lambda: lab.interfaces(more) == {"eth0": {"10.0.0.2/24"}})
        assert lab.ports() == {"web_1-eth0", "web_2-eth0"}
        lab.docker("start", second)
        eventually(lambda: lab.interfaces(second) == {"eth0": {"10.0.0.2/24"}})
        assert lab.interfaces(more) == {}
        assert lab.ports() == {"web_1-eth0", "web_2-eth0"}
        lab.docker("rm", "-f", more)
        eventually(lambda: lab.ports() == {"web_1-eth0", "web_2-eth0"})
        assert lab.log().count("it is a one-off container") == 2
