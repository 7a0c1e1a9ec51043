"""Open vSwitch in a lab, by its own program; and what passes its frames on this machine."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from conlink_compose.kernel.ovs.datapath import has_kernel_datapath
from conlink_compose.state import HUB, KERNEL_DATAPATH, USERSPACE_DATAPATH
from tests.kernel.lab import Lab

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
