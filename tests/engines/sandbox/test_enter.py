"""`run_in`: exit codes as a shell gives them, and the terminal passed through."""

import os
import pty
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.client.enter import Program, run_in
from conlink_compose.workload import Workload

from .conftest import Lab

Make = Callable[..., Workload]


def _run(lab: Lab, node: str, *argv: str) -> int:
    entrance = lab.control.enter(node)
    try:
        command = Program(node, argv, entrance.environment, entrance.working_dir)
        return run_in(entrance.pidfd, command)
    finally:
        os.close(entrance.pidfd)


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("true",), 0),
        (("sh", "-c", "exit 42"), 42),
        (("sh", "-c", "kill -TERM $$"), 143),
        (("no-such-program",), 127),
        (("/etc/hosts",), 126),
    ],
)
def test_exit_codes_are_a_shells(lab: Lab, host: Make, argv: tuple[str, ...], code: int) -> None:
    lab.up(host("h1"))
    assert _run(lab, "h1", *argv) == code


def test_it_is_in_every_namespace_and_the_caller_stays(
    lab: Lab, shell: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    lab.up(shell("web", "exec sleep 1000", environment=(("A", "b"),), working_dir="/usr"))
    before = {path.name: path.readlink() for path in Path("/proc/self/ns").iterdir()}
    capfd.readouterr()
    script = "hostname; echo $A; pwd; ls /sys/class/net; ps -eo args | grep -c '[s]leep 1000'"
    assert _run(lab, "web-1", "sh", "-c", script) == 0
    assert capfd.readouterr().out.split() == ["web-1", "b", "/usr", "lo", "1"]
    assert {path.name: path.readlink() for path in Path("/proc/self/ns").iterdir()} == before


def test_a_node_without_namespaces_cannot_be_entered(lab: Lab, shell: Make) -> None:
    lab.up(shell("job", "exit 0"))
    lab.wait_for("job-1", "exited")
    with pytest.raises(SandboxError, match=r"job-1 is not running \(exited\)"):
        lab.control.enter("job-1")
    with pytest.raises(SandboxError, match="there is no node `nobody`"):
        lab.control.enter("nobody")


def test_the_terminal_passes_through_and_ctrl_c_ends_the_command_alone(
    lab: Lab, host: Make
) -> None:
    lab.up(host("h1"))
    script = "trap 'echo caught; exit 9' INT; stty size; echo armed; while :; do sleep 0.05; done"
    program = f"""
import sys
from pathlib import Path
from conlink_compose.engines.sandbox.client.control import Control
from conlink_compose.engines.sandbox.client.enter import Program, run_in
entrance = Control(Path({str(lab.folder)!r})).enter("h1")
command = Program("h1", ["sh", "-c", {script!r}], entrance.environment)
code = run_in(entrance.pidfd, command)
print("code", code, sys.stdin.isatty())
"""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", program])
    seen = _read_until(terminal, b"armed")
    os.write(terminal, b"\x03")
    seen += _read_until(terminal, b"True")
    os.waitpid(pid, 0)
    os.close(terminal)
    assert b"caught" in seen
    assert b"code 9 True" in seen


def _read_until(terminal: int, word: bytes) -> bytes:
    seen = b""
    while word not in seen:
        seen += os.read(terminal, 1024)
    return seen
