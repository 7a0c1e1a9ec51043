"""Open vSwitch in a lab, by its own program; and what passes its frames on this machine."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from conlink_compose.kernel.ovs.datapath import has_kernel_datapath
from conlink_compose.state import HUB, KERNEL_DATAPATH, USERSPACE_DATAPATH
from tests.kernel.declared_lab import bring_up
from tests.kernel.lab import Lab

PROGRAMS = ("ovsdb-server", "ovs-vswitchd")

USERSPACE = not has_kernel_datapath()
_UPTIME = 11.0
DATAPATH = USERSPACE_DATAPATH if USERSPACE else KERNEL_DATAPATH


def wait_for_handlers() -> None:
    """In its first ten seconds of a machine's uptime ovs-vswitchd may choose no handler threads,
    and lose every packet."""
    while float(Path("/proc/uptime").read_text().split()[0]) < _UPTIME:
        time.sleep(0.5)


def vsctl(lab: Lab, words: str) -> str:
    """What `ovs-vsctl WORDS` says, without its end of line."""
    done = lab.run(HUB, "ovs-vsctl", f"--db=unix:{lab.ovs_folder}/db.sock", *words.split())
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def processes(lab: Lab, program: str) -> list[int]:
    """The pids of that program of the lab."""
    found = subprocess.run(
        ("pgrep", "-f", f"^{program} .*{Path(lab.ovs_folder)}/"),
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in found.stdout.split()]


def lan(*links: str, mode: str = "ovs", more: str = "") -> str:
    """Nodes a, b, ... each with a link to it, of these words beside its addresses."""
    hosts = "".join(
        f"    {name}: {{links: [{{bridge: lan, ip: [10.0.0.{number}/24, 'fd00::{number}/64']"
        f"{link}}}]}}\n"
        for number, (name, link) in enumerate(zip("abc", links, strict=False), 1)
    )
    return f"x-conlink:\n  bridges: {{lan: {{mode: {mode}{more}}}}}\n  hosts:\n{hosts}"


def settled(lab: Lab, wanted: str) -> bool:
    lab.kernel.drain()
    try:
        bring_up(lab, wanted)
    except AssertionError:
        return False
    return lab.pings("a", "10.0.0.2")


def within(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)
    raise AssertionError(f"it did not happen in {seconds} s")
