"""A real Docker Engine, each Compose, the network image. Where they cannot be had, tests fail."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from docker import APIClient

from conlink_compose.image.build import IMAGE, build, is_current

CHECKOUT = Path(__file__).parents[2]
CACHE = CHECKOUT / ".cache" / "docker"
PACKAGES = CACHE / "packages"
BASES = ("debian:bookworm-slim", "alpine", "busybox")
COMPOSES = ("1.25.4", "1.29.2", "2.40.3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.docker)


@dataclass(frozen=True)
class Engine:
    host: str
    client: APIClient

    @property
    def environment(self) -> dict[str, str]:
        """For `docker`, `docker compose` and all that finds the engine by itself."""
        return {**os.environ, "DOCKER_HOST": self.host, "DOCKER_CONFIG": str(CACHE / "config")}

    def run(self, image: str, *argv: str, user: str = "", **host_config: object) -> str:
        """What a container of `image` prints; it must end with 0."""
        config = self.client.create_host_config(**host_config)
        container = self.client.create_container(
            image, list(argv[1:]), entrypoint=argv[0], user=user, host_config=config
        )["Id"]
        try:
            self.client.start(container)
            status = self.client.wait(container)["StatusCode"]
            said = self.client.logs(container).decode()
        finally:
            self.client.remove_container(container, force=True)
        assert status == 0, said
        return said


@dataclass(frozen=True)
class Compose:
    version: str
    engine: Engine

    @property
    def program(self) -> Path:
        return CACHE / "bin" / f"docker-compose-{self.version}"

    def __call__(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments],
            cwd=cwd,
            env=self.engine.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The engine of .ci/engine. It stays for the next session, until `.ci/engine stop`."""
    brought = subprocess.run(
        [CHECKOUT / ".ci" / "engine", "start"], capture_output=True, text=True, check=False
    )
    if brought.returncode:
        pytest.fail(f"no Docker Engine can be had here:\n{brought.stderr}", pytrace=False)
    host = brought.stdout.strip()
    client = APIClient(base_url=host)
    yield Engine(host, client)
    client.close()


@pytest.fixture(autouse=True)
def engine_in_use() -> Iterator[IO[str]]:
    """A lock that each test shares; one that starts the daemon again takes it for itself alone."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "in-use.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield lock


@pytest.fixture(scope="session", params=COMPOSES)
def compose(request: pytest.FixtureRequest, engine: Engine) -> Compose:
    return Compose(request.param, engine)


@pytest.fixture(scope="session")
def network_image(engine: Engine) -> str:
    """The tag of the network image, built of the package as it is now without any network."""
    with (CACHE / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(engine.client):
            list(build(engine.client, packages=PACKAGES, network="none"))
    return IMAGE
