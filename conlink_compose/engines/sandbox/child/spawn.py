"""What the forked child does, from the fork to the exec: PID 1 of a node.

It says on its status pipe, a JSON object a line: `{"stage": "made"}` when its namespaces stand,
`{"stage": "exec"}` just before it turns into the node's process, `{"problem": sentence}` when it
cannot. An end of the pipe after `exec` means that the exec succeeded: it closed the pipe.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import resource
import select
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.child import mounts
from conlink_compose.engines.sandbox.child.loopback import AliasWatch
from conlink_compose.engines.sandbox.child.user import ROOT, become, only_user
from conlink_compose.linux import sysctls
from conlink_compose.linux.loopback import bring_up
from conlink_compose.linux.namespaces import (
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWUTS,
    sethostname,
    setns,
    unshare,
)
from conlink_compose.state import READY
from conlink_compose.workload import Mount, User

IDLE_PROGRAM = "import _signal\nwhile True: _signal.pause()"
_STATUS, _GO = 3, 4
_EXIT_SETUP, _EXIT_FORBIDDEN, _EXIT_MISSING = 125, 126, 127


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """All that a new node is made of. `files` are laid over the machine's own; an empty `argv`
    idles under the name `title`. `home` is root's. `nofile` is the soft limit of open files to
    give back. `gate`: its process waits until its links are up. `sysctls` are the engine's affair,
    `kept` those that the runtime keeps once the node is there."""

    name: str
    hostname: str
    title: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    working_dir: str
    user: User
    home: str
    mounts: tuple[Mount, ...]
    sysctls: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    files: tuple[tuple[Path, str], ...]
    nofile: int
    gate: bool = True


@dataclass(frozen=True, slots=True)
class Descriptors:
    """The child's ends of its pipes."""

    out: int
    err: int
    status: int
    go: int


def be_node(spec: NodeSpec, descriptors: Descriptors) -> NoReturn:
    """Become the node. Never returns; every failure ends as a sentence on the status pipe."""
    try:
        _keep_only(descriptors.out, descriptors.err, descriptors.status, descriptors.go)
        _forget_supervisor(spec.nofile)
        late = _make(spec)
        _say({"stage": "made"})
        _wait_at_gate(spec.gate or bool(late))
        _write_sysctls(late)
        _enter_folder(spec.name, spec.working_dir)
        environment = _become_user(spec)
        _say({"stage": "exec"})
        _exec(spec, environment)
    except SandboxError as error:
        _say({"problem": f"{spec.name}: {error}"})
    except OSError as error:
        _say({"problem": f"{spec.name}: the kernel refused its namespaces: {error}"})
    finally:
        os._exit(_EXIT_SETUP)


def be_command(
    pidfd: int, argv: Sequence[str], spec: NodeSpec, descriptors: tuple[int, int]
) -> NoReturn:
    """Become a command inside a node, as root, for the network is what it works on: its stderr
    takes the reason of a failure."""
    code = _EXIT_SETUP
    try:
        _keep_only(*descriptors, pidfd)
        _forget_supervisor(spec.nofile)
        setns(3, NEWNS | NEWNET | NEWUTS | NEWIPC)
        _enter_folder(spec.name, spec.working_dir)
        environment = {"HOME": spec.home, **spec.environment}
        os.execvpe(argv[0], list(argv), environment)  # noqa: S606
    except SandboxError as error:
        os.write(2, f"{error}\n".encode())
    except OSError as error:
        code = _EXIT_MISSING if error.errno == errno.ENOENT else _EXIT_FORBIDDEN
        os.write(2, f"{why_not(spec.name, argv[0], error)}\n".encode())
    finally:
        os._exit(code)


def why_not(name: str, program: str, error: OSError) -> str:
    """The sentence for a program that could not be executed."""
    if error.errno == errno.ENOENT and "/" in program and Path(program).exists():
        return f"{name} cannot start `{program}`: the interpreter its first line names is missing"
    if error.errno == errno.ENOENT:
        return (
            f"{name} needs `{program}`, which is not on this machine: the sandbox runs services "
            "on the machine's own files, not on their image's"
        )
    if error.errno == errno.ENOEXEC:
        return f"{name} cannot start `{program}`: it is no program, and has no #! line"
    return f"{name} cannot start `{program}`: {error.strerror}"


def _make(spec: NodeSpec) -> list[tuple[str, str]]:
    """Namespaces and all that is in them; the sysctls that must wait for their interface."""
    unshare(NEWNET | NEWNS | NEWUTS | NEWIPC)
    bring_up()
    mounts.make_own()
    _skip_duplicate_detection()
    sethostname(spec.hostname)
    mounts.bind_files(spec.files)
    for mount in spec.mounts:
        mounts.bind(mount)
    for name, _ in spec.sysctls:
        if reason := sysctls.refusal(name):
            raise SandboxError(reason)
    sysctls.write_beforehand(spec.kept)
    return _try_sysctls(spec.sysctls)


def _skip_duplicate_detection() -> None:
    """No interface of this node waits for duplicate address detection (RFC 4862, 5.4).

    Until it ends, a second after the link is up, an interface has no usable link-local address;
    and without one a router cannot even ask who its next hop is (net/ipv6/ndisc.c, ndisc_solicit),
    so it loses what it should forward. MACs here are given out, not chosen by chance. A service
    that wants it sets `net.ipv6.conf.default.accept_dad: 1` in its `sysctls`.
    """
    with contextlib.suppress(FileNotFoundError):  # a kernel without IPv6
        sysctls.write("net/ipv6/conf/default/accept_dad", "0")


def _try_sysctls(wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    late = []
    for name, value in wanted:
        try:
            sysctls.write(name, value)
        except FileNotFoundError:
            late.append((name, value))
        except OSError as error:
            raise SandboxError(
                f"the kernel refuses the sysctl `{name}` = `{value}`: {error.strerror}"
            ) from error
    return late


def _write_sysctls(wanted: Sequence[tuple[str, str]]) -> None:
    for name, _ in _try_sysctls(wanted):
        raise SandboxError(f"the kernel has no sysctl `{name}`, not with its links up either")


def _wait_at_gate(for_links: bool) -> None:
    """Until the supervisor says go and, where that is wanted, `lo` bears the mark. Ends with the
    supervisor."""
    watch = AliasWatch(READY)
    ready, go = not for_links, False
    poll = select.poll()
    poll.register(watch, select.POLLIN)
    poll.register(_GO, select.POLLIN)
    while not (ready and go):
        for fd, _ in poll.poll():
            if fd == watch.fileno():
                ready = watch.is_there() or ready
            elif os.read(_GO, 1):
                go = True
                poll.unregister(_GO)
            else:
                os._exit(_EXIT_SETUP)
    watch.close()


def _enter_folder(name: str, folder: str) -> None:
    try:
        os.chdir(folder)
    except OSError as error:
        raise SandboxError(
            f"the working_dir {folder} of {name} is not on this machine ({error.strerror})"
        ) from error


def _become_user(spec: NodeSpec) -> dict[str, str]:
    """The environment, with the home of whoever this process is now."""
    if spec.user == ROOT or only_user():
        return {"HOME": spec.home, **spec.environment}
    identity = become(spec.user, (1, 2))
    return {"HOME": identity.home, **spec.environment}


def _exec(spec: NodeSpec, environment: dict[str, str]) -> None:
    if not spec.argv:
        _exec_idle(spec, environment)
    try:
        os.execvpe(spec.argv[0], list(spec.argv), environment)  # noqa: S606
    except OSError as error:
        _say({"problem": why_not(spec.name, spec.argv[0], error)})
        os._exit(_EXIT_MISSING if error.errno == errno.ENOENT else _EXIT_FORBIDDEN)


def _exec_idle(spec: NodeSpec, environment: dict[str, str]) -> NoReturn:
    # An ignored SIGCHLD stays ignored over exec, and the kernel then reaps the node's orphans,
    # which are given to this process, its PID 1.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sleep = shutil.which("sleep", path=spec.environment["PATH"])
    if sleep and Path(sleep).resolve().name == "sleep":
        os.execve(sleep, [spec.title, "infinity"], environment)  # noqa: S606
    # Where `sleep` is one of many in one program (busybox, uutils), argv[0] chooses which.
    python = [sys.executable, "-I", "-S", "-c", IDLE_PROGRAM, spec.title]
    os.execve(sys.executable, python, environment)  # noqa: S606


def _keep_only(*descriptors: int) -> None:
    """Make `descriptors` 1, 2, 3, ... behind an empty stdin and close all others: a client's socket
    held here would never be seen to close. Those from 3 on do not outlive the exec."""
    end = max(*descriptors, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    # First of all make room: of descriptors the supervisor may have none left.
    for before, after in pairwise((-1, *sorted(descriptors), end)):
        os.closerange(before + 1, after)
    null = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    wanted = (null, *descriptors)
    # Away from the low numbers, for one of them may lie where another shall go.
    copies = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, len(wanted)) for fd in wanted]
    for number, copy in enumerate(copies):
        os.dup2(copy, number, inheritable=number <= 2)
    os.closerange(len(copies), end)


def _forget_supervisor(nofile: int) -> None:
    """Its signals, its session, its limits."""
    signal.set_wakeup_fd(-1)
    # What whoever ran `up` ignored (a shell's background job ignores SIGINT) is ignored over exec.
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (nofile, hard))


def _say(message: Mapping[str, str]) -> None:
    os.write(_STATUS, json.dumps(message).encode() + b"\n")
