"""A project brought up for a test, and its nodes asked by programs that are not ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conlink_compose.engines.sandbox.folder import RUNTIME_LOG, state_folder


@dataclass
class Project:
    """`conlink-compose` run in `folder`, as a user would, for a project of a name of its own."""

    folder: Path
    name: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:10]}")
    files: tuple[str, ...] = ()

    def run(self, *words: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.argv(*words),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **more,
        )
        if check and done.returncode:
            raise AssertionError(
                f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done

    def argv(self, *words: str) -> list[str]:
        files = [word for name in self.files for word in ("-f", name)]
        return [sys.executable, "-m", "conlink_compose", "-p", self.name, *files, *words]

    def write(self, text: str, name: str = "compose.yaml") -> None:
        (self.folder / name).write_text(text)

    def up(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("up", "-d", "--wait", *words)

    def inside(self, node: str, *words: str, check: bool = True) -> str:
        return self.run("exec", node, *words, check=check).stdout

    def ip(self, node: str, *words: str) -> Any:
        return json.loads(self.inside(node, "ip", "-j", *words))

    def addresses(self, node: str, dev: str) -> set[str]:
        (interface,) = self.ip(node, "address", "show", "dev", dev)
        return {
            f"{info['local']}/{info['prefixlen']}"
            for info in interface["addr_info"]
            if info["scope"] == "global"
        }

    def ps(self) -> dict[str, Any]:
        return {
            node["name"]: node for node in json.loads(self.run("ps", "--format", "json").stdout)
        }

    def plan(self) -> str:
        return self.run("plan").stdout

    def in_hub(self, *words: str) -> str:
        """Run beside the bridges, as its owner could by nsenter(1)."""
        rights = [] if os.geteuid() == 0 else ["-U", "--preserve-credentials"]
        enter = ["nsenter", "-t", str(self.runtime()), *rights, "-n"]
        return subprocess.run([*enter, *words], check=True, capture_output=True, text=True).stdout

    def runtime(self) -> int:
        """The pid of its runtime, or 0 while there is none."""
        for pid in self.processes():
            try:
                if b"conlink_compose.runtime" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
            except OSError:
                continue
        return 0

    def runtime_log(self) -> str:
        return (state_folder(self.name) / RUNTIME_LOG).read_text()

    def processes(self) -> list[int]:
        """Every process whose command line or environment names this project."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                text = (path / "cmdline").read_bytes()
            except OSError:
                continue
            if self.name.encode() in text and int(path.name) != os.getpid():
                found.append(int(path.name))
        return found


@contextmanager
def project(
    folder: Path, text: str | None = None, files: tuple[str, ...] = ()
) -> Iterator[Project]:
    """Taken down at the end, whatever happened."""
    made = Project(folder, files=files)
    if text:
        made.write(text)
    try:
        yield made
    finally:
        made.run("down", "-t", "0", check=False)


def eventually(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits until `true()`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)
