"""A daemon that is started again while the containers live on."""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.docker.conftest import CHECKOUT, Engine
from tests.docker.lab import eventually, lab_of, losing_no_packet
from tests.docker.test_socket import FILE, linked


def restart(*options: str) -> None:
    subprocess.run([CHECKOUT / ".ci" / "engine", "restart", *options], check=True)


@pytest.fixture(name="engine_alone")
def engine_alone_fixture(engine: Engine, engine_in_use: IO[str]) -> Iterator[Engine]:
    """Nobody else uses it meanwhile. It keeps its containers over a restart."""
    if engine.host.endswith("/var/run/docker.sock"):
        pytest.skip("the machine's own engine is not ours to start again")
    fcntl.flock(engine_in_use, fcntl.LOCK_EX)
    restart("--live-restore")  # from now on: before, it would end them all
    yield engine
    restart()


def test_it_converges_without_a_restart_of_ours(
    engine_alone: Engine, network_image: str, tmp_path: Path
) -> None:
    """The socket that is mounted into the runtime is the former daemon's, and stays silent."""
    with lab_of(engine_alone, tmp_path, FILE) as lab:
        lab.up()
        runtime, first, second = lab.id_of("conlink"), lab.id_of("node"), lab.id_of("node", 2)
        with losing_no_packet(lab, first, "10.0.0.3"):
            restart("--live-restore")
            lab.docker("restart", "-t", "0", second)
            eventually(lambda: linked(lab, second, 2))
        state = lab.engine.client.inspect_container(runtime)
        assert (state["State"]["Running"], state["RestartCount"]) == (True, 0)
        assert lab.log().count("All links connected") == 1
        lab.docker("restart", "-t", "0", second)
        eventually(lambda: linked(lab, second, 2))
