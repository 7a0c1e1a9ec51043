"""From an ordinary process to PID 1 of a project, in namespaces of which the network is the hub."""

from __future__ import annotations

import os
from pathlib import Path

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.child import mounts
from conlink_compose.engines.sandbox.protocol import MACHINE_FD
from conlink_compose.linux.loopback import bring_up
from conlink_compose.linux.namespaces import (
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWPID,
    NEWUSER,
    NEWUTS,
    open_namespace,
    unshare,
)

SUPERVISOR_LOG = "supervisor.log"
_LIMITS = (
    # file below /proc/sys, the value that forbids, what to do
    ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)


def become_first_process(folder: Path) -> None:
    """Returns in the child that is PID 1; the calling process ends. Raises `SandboxError`, either
    in the caller or in the child."""
    if os.geteuid() != 0:
        _become_root_of_own()
    else:
        _keep_machine()
    try:
        unshare(NEWPID | NEWNS | NEWNET | NEWUTS | NEWIPC)
    except OSError as error:
        raise SandboxError(
            f"the kernel forbids namespaces here ({error.strerror}): inside a container, start "
            "that one with --privileged"
        ) from error
    if os.fork() != 0:
        os._exit(0)
    os.setsid()
    os.chdir("/")
    os.umask(0o022)
    _redirect(folder)
    mounts.make_own()
    bring_up()


def _keep_machine() -> None:
    """A descriptor of the network that is left now, where parents of links may lie."""
    here = open_namespace("/proc/self/ns/net")
    os.dup2(here, MACHINE_FD, inheritable=False)
    os.close(here)


def _become_root_of_own() -> None:
    """A user namespace in which this user is root, and nobody else exists."""
    uid, gid = os.geteuid(), os.getegid()
    try:
        unshare(NEWUSER)
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        # The kernel takes a gid map of an ordinary user only once setgroups is given up.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    except OSError as error:
        raise SandboxError(
            f"this machine forbids user namespaces ({error.strerror}): {_advice()}"
        ) from error


def _advice() -> str:
    for name, forbids, remedy in _LIMITS:
        try:
            value = Path("/proc/sys", name).read_text().strip()
        except OSError:
            continue
        if value == forbids:
            return f"run `sudo {remedy}`, or run this as root"
    return "run this as root, or allow user namespaces to the container this runs in"


def _redirect(folder: Path) -> None:
    null = os.open("/dev/null", os.O_RDONLY)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    log = os.open(folder / SUPERVISOR_LOG, flags, 0o600)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(log)
