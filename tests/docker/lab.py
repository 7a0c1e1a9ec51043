"""A project on a real engine for one test, its containers asked by programs that are not ours."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conlink_compose.engines.docker import labels
from tests.docker.conftest import CACHE, CHECKOUT, PACKAGES, Engine

PATIENCE = 90.0
"""Seconds for what takes two on an idle machine."""


@dataclass
class Lab:
    """`conlink-compose` run in `folder`, for a project of a name of its own."""

    folder: Path
    engine: Engine
    environment: dict[str, str] = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:10]}")

    @property
    def environ(self) -> dict[str, str]:
        return {
            **self.engine.environment,
            "CONLINK_ENGINE": "docker",
            "CONLINK_COMPOSE": str(CACHE / "bin" / "docker-compose-2.40.3"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "PYTHONPATH": str(CHECKOUT),
            "CONLINK_PACKAGES": str(PACKAGES),  # where the package is edited while tests run
            **self.environment,
        }

    def write(self, text: str) -> None:
        (self.folder / "compose.yaml").write_text(text)

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-m", "conlink_compose", "-p", self.name], words, check)

    def compose(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Plain Compose, over the files that the last `up` of ours had."""
        ours = self.folder / "state" / "conlink-compose" / self.name / "network.yaml"
        argv = [self.environ["CONLINK_COMPOSE"], "-p", self.name, "-f", "compose.yaml"]
        return self._run([*argv, "-f", str(ours)], words, check)

    def docker(self, *words: str, check: bool = True) -> str:
        return self._run(["docker"], words, check).stdout.strip()

    def _run(
        self, argv: list[str], words: tuple[str, ...], check: bool
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*argv, *words],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(
                f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}\n{self.log()}"
            )
        return done

    def up(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("up", "-d", "--wait-timeout", "120", *words)

    def containers(self, service: str | None = None) -> list[dict[str, Any]]:
        """Those that run, by number, as the engine lists them."""
        wanted = [f"{labels.PROJECT}={self.name}"]
        wanted += [f"{labels.SERVICE}={service}"] if service else []
        found: list[dict[str, Any]] = self.engine.client.containers(filters={"label": wanted})
        return sorted(found, key=lambda one: labels.replica_of(one["Labels"]) or 0)

    def id_of(self, service: str, number: int = 1) -> str:
        return str(self.containers(service)[number - 1]["Id"])

    def pid(self, container: str) -> int:
        return int(self.engine.client.inspect_container(container)["State"]["Pid"])

    def argv_in(self, container: str, *words: str) -> list[str]:
        """A program of the machine in a container's network."""
        return ["nsenter", "-t", str(self.pid(container)), "-n", *words]

    def shown(self, container: str, *words: str) -> str:
        """What a program of the machine prints in a container's network."""
        argv = self.argv_in(container, *words)
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def json(self, container: str, *words: str) -> Any:
        """The same, read."""
        return json.loads(self.shown(container, *words) or "[]")

    def ip(self, container: str, *words: str) -> Any:
        return self.json(container, "ip", "-j", *words)

    def interfaces(self, container: str) -> dict[str, set[str]]:
        """The global addresses of each interface that is up, by name, without `lo`."""
        return {
            one["ifname"]: {
                f"{info['local']}/{info['prefixlen']}"
                for info in one["addr_info"]
                if info["scope"] == "global"
            }
            for one in self.ip(container, "address")
            if one["ifname"] != "lo" and one["operstate"] == "UP"
        }

    def ports(self) -> set[str]:
        """All that the hub holds beside `lo` and the bridge `lan`."""
        names = {one["ifname"] for one in self.ip(self.id_of("conlink-hub"), "link")}
        return names - {"lo", "lan"}

    def log(self, service: str = "conlink") -> str:
        """What it has said so far, in all of its lives."""
        found = self.engine.client.containers(
            all=True,
            filters={
                "label": [f"{labels.PROJECT}={self.name}", f"{labels.SERVICE}={service}"],
            },
        )
        return "".join(self.engine.client.logs(one["Id"]).decode() for one in found)


@contextmanager
def lab_of(engine: Engine, folder: Path, text: str, **environment: str) -> Iterator[Lab]:
    """Taken down at the end, whatever happened."""
    made = Lab(folder, engine, environment)
    made.write(text)
    try:
        yield made
    finally:
        made.run("down", "-t", "0", "--remove-orphans", check=False)
        wanted = {"label": f"{labels.PROJECT}={made.name}"}
        for container in engine.client.containers(all=True, filters=wanted):
            engine.client.remove_container(container["Id"], force=True)


def eventually(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits until `true()` is so and raises nothing; too late, what it raised last comes out."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
            assert time.monotonic() < deadline, "it did not come to be"
        except Exception:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)


@contextmanager
def losing_no_packet(lab: Lab, container: str, address: str) -> Iterator[None]:
    """A 100 Hz ping from the container while the block runs; each must be answered."""
    argv = lab.argv_in(container, "ping", "-i", "0.01", address)
    ping = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(1.0)
        yield
        time.sleep(0.5)
    finally:
        ping.send_signal(signal.SIGINT)
        said = ping.communicate(timeout=10)[0]
    found = re.search(r"(\d+) packets transmitted, (\d+) received", said)
    assert found, said
    sent, received = map(int, found.groups())
    assert sent > 50
    assert sent - received <= 1, said  # the last may be under way when the ping is ended
