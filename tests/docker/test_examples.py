"""The examples, by the commands that their own comments name, on a real engine.

They are typed in a checkout that lies in a folder of another name. Each is for one at a time: the
names of its containers and hosts are what a user sees.
"""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docker.conftest import CACHE, CHECKOUT, PACKAGES, Engine
from tests.project import eventually

BY = {
    "docker-compose-1.29.2": [str(CACHE / "bin" / "docker-compose-1.29.2")],
    "docker-compose-2.40.3": ["docker", "compose"],
    "conlink-compose": [sys.executable, "-m", "conlink_compose"],
}
PATIENCE = 240.0
"""Seconds for a first build, on a busy machine."""


@dataclass
class Running:
    """A command that has not ended, and what it says."""

    process: subprocess.Popen[bytes]
    file: Path

    @property
    def said(self) -> str:
        return self.file.read_text()

    def until(self, true: Callable[[], object]) -> None:
        """Waits for what it brings about; its end instead is a failure, and so is no end of it."""

        def come_to_be() -> object:
            found = true()
            assert found or self.process.poll() is None, self.said
            return found

        eventually(come_to_be, PATIENCE)


@dataclass
class Typing:
    """Someone who types commands in the root of a checkout."""

    engine: Engine
    folder: Path

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{argv} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    @contextmanager
    def running(self, *argv: str) -> Iterator[Running]:
        """It is interrupted at the end, as by Ctrl-C."""
        said = self.folder / "said.log"
        with (
            said.open("w") as out,
            subprocess.Popen(
                argv,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            try:
                yield Running(process, said)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)

    @property
    def environment(self) -> dict[str, str]:
        return {**self.engine.environment, "CONLINK_ENGINE": "docker"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository in a folder of another name, with the packages that the image is built from:
    the engine has no network."""
    copy = tmp_path_factory.mktemp("by-hand") / "Another Name_2"
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0"):
        if name and (CHECKOUT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, copy / name)
    shutil.copytree(PACKAGES, copy / PACKAGES.relative_to(CHECKOUT))
    return copy


@pytest.fixture
def typing(engine: Engine, folder: Path) -> Iterator[Typing]:
    with (CACHE / "examples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Typing(engine, folder)


@contextmanager
def example(typing: Typing, by: Sequence[str], file: str) -> Iterator[Running]:
    """It is up, as far as Compose is concerned."""
    compose = [*by, "-f", file]
    try:
        with typing.running(*compose, "up", "--build", "--force-recreate") as up:
            yield up
    finally:
        typing.run(*compose, "down", "-t", "1", "--rmi", "local", check=False)
        left = typing.engine.client.containers(all=True, filters={"name": "^/?examples[_-]"})
        assert not left, "all is gone"


@pytest.mark.parametrize("by", BY)
def test_test1(typing: Typing, by: str) -> None:
    with example(typing, BY[by], "examples/test1-compose.yaml") as up:
        holders = lambda: _of_the_container(typing.engine, _pgrep("mininet:h1"))  # noqa: E731
        up.until(lambda: len(holders()) == 1)
        (pid,) = holders()
        ping = ["nsenter", "-n", "-t", pid, "ping", "-c", "1", "-W", "1", "10.0.0.100"]
        eventually(lambda: typing.run(*ping, check=False).returncode == 0)
        lo = typing.run("nsenter", "-n", "-t", pid, "ip", "-br", "link", "show", "lo").stdout
        assert "LOWER_UP" in lo
        forwards = ["nsenter", "-n", "-t", _router(typing.engine), "cat"]
        assert typing.run(*forwards, "/proc/sys/net/ipv4/ip_forward").stdout == "1\n"
        assert "WARNING" not in up.said
    eventually(lambda: not Path("/proc", pid).exists())


@pytest.mark.parametrize("by", BY)
def test_test2(typing: Typing, by: str) -> None:
    compose = [*BY[by], "-f", "examples/test2-compose.yaml"]
    with example(typing, BY[by], "examples/test2-compose.yaml") as up:
        up.until(lambda: "64 bytes from 8.8.8.8" in up.said)
        for node, target in (("node1", "10.0.1.2"), ("node2", "8.8.8.8")):
            answer = typing.run(*compose, "exec", "-T", node, "ping", "-c", "1", target).stdout
            assert "1 packets received" in answer
        # Another life of the hub: all is made anew in it. (node2's own ping does not survive that
        # it has no route for a moment.)
        typing.run(*compose, "restart", "-t", "1", "network")
        again = [*compose, "exec", "-T", "node1", "ping", "-c", "1", "-W", "1", "8.8.8.8"]
        eventually(lambda: typing.run(*again, check=False).returncode == 0)


def test_test3(typing: Typing) -> None:
    node = ["docker", "exec", "ZZZ_node"]
    with _in_a_terminal(
        typing, "docker run -it --name=ZZZ_node --rm --cap-add NET_ADMIN alpine sh"
    ):
        try:
            eventually(lambda: typing.run(*node, "true", check=False).returncode == 0)
            before = typing.run(*node, "ip", "route").stdout
            assert "dev eth0" in before
            with typing.running("./examples/test3-start.sh", "ZZZ_network", "ZZZ_node") as start:
                route = lambda: typing.run(*node, "ip", "route").stdout  # noqa: E731
                start.until(lambda: "via 10.0.0.1 dev link0" in route())
                answer = typing.run(*node, "ping", "-c", "1", "8.8.8.8").stdout
                assert "1 packets received" in answer
                (default,) = [line for line in route().splitlines() if "default" in line]
                assert default.strip() == "default via 10.0.0.1 dev link0"
            eventually(lambda: "link0" not in typing.run(*node, "ip", "link").stdout)
        finally:
            for name in ("ZZZ_node", "ZZZ_network"):
                typing.run("docker", "rm", "-f", name, check=False)
            typing.run("docker", "rmi", "-f", "conlink-compose:examples", check=False)


def test_test3_says_how_it_is_called(typing: Typing) -> None:
    done = typing.run("./examples/test3-start.sh", "ZZZ_network", check=False)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def _pgrep(text: str) -> list[str]:
    done = subprocess.run(["pgrep", "-f", text], capture_output=True, text=True, check=False)
    return done.stdout.split()


def _of_the_container(engine: Engine, pids: Sequence[str]) -> list[str]:
    """Those that run in the network service: on this machine others may have an h1 too."""
    networks = engine.client.containers(filters={"label": "com.docker.compose.service=network"})
    return [
        pid
        for pid in pids
        if any(one["Id"] in Path("/proc", pid, "cgroup").read_text() for one in networks)
    ]


def _router(engine: Engine) -> str:
    (pid,) = _of_the_container(engine, _pgrep("mininet:r0"))
    return pid


@contextmanager
def _in_a_terminal(typing: Typing, command: str) -> Iterator[None]:
    master, terminal = pty.openpty()
    with subprocess.Popen(
        command.split(),
        cwd=typing.folder,
        env=typing.environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    ) as process:
        os.close(terminal)
        try:
            yield
        finally:
            os.close(master)
            if process.poll() is None:
                time.sleep(0.1)
                process.terminate()
