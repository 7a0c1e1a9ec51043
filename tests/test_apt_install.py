"""Where another apt is at work, as in the first minutes of a fresh Debian, ours waits for it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "apt-install"
LOCKS = (
    "var/lib/apt/lists/lock",
    "var/lib/dpkg/lock-frontend",
    "var/lib/dpkg/lock",
    "var/cache/apt/archives/lock",
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root of its own for apt, with nothing in it: whoever may write there may use it."""
    for folder in ("lib/apt/lists/partial", "lib/dpkg", "cache/apt/archives/partial"):
        (tmp_path / "var" / folder).mkdir(parents=True)
    for folder in ("sources.list.d", "preferences.d", "apt.conf.d", "trusted.gpg.d"):
        (tmp_path / "etc/apt" / folder).mkdir(parents=True)
    (tmp_path / "etc/apt/sources.list").touch()
    (tmp_path / "var/lib/dpkg/status").touch()
    settings = tmp_path / "apt.conf"
    settings.write_text(
        f'Dir "{tmp_path}";\nDir::State::status "{tmp_path}/var/lib/dpkg/status";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(settings))
    return tmp_path


def start(root: Path, *packages: str, patience: int = 60) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [SCRIPT, root / "log", *packages],
        env={**os.environ, "APT_PATIENCE": str(patience)},
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def held(path: Path) -> Iterator[None]:
    """As apt locks it: with fcntl(2), by this process."""
    with path.open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize("lock", LOCKS)
def test_it_waits_for_the_lock_and_says_so_once(root: Path, lock: str) -> None:
    with held(root / lock):
        child = start(root)
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(1.5)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 0, (root / "log").read_text()
    assert said == "another apt holds its lock; waiting for it, a minute at most\n"


def test_it_does_not_wait_for_ever(root: Path) -> None:
    began = time.monotonic()
    with held(root / LOCKS[0]):
        child = start(root, patience=2)
        child.communicate(timeout=30)
    assert child.returncode
    assert time.monotonic() - began < 20
    assert LOCKS[0] in (root / "log").read_text()


def test_without_a_lock_it_says_nothing(root: Path) -> None:
    child = start(root)
    assert child.communicate(timeout=30)[1] == ""
    assert child.returncode == 0


def test_what_is_no_lock_is_not_waited_for(root: Path) -> None:
    child = start(root, "no-such-package")
    late = threading.Timer(20, child.kill)
    late.start()
    _, said = child.communicate()
    late.cancel()
    assert (child.returncode, said) == (100, "")
    assert "no-such-package" in (root / "log").read_text()


@pytest.mark.parametrize("script", ["setup", "engine"])
def test_nothing_calls_apt_past_it(script: str) -> None:
    text = SCRIPT.with_name(script).read_text()
    assert ".ci/apt-install" in text
    assert "apt-get update" not in text
