"""`commands` of the topology, run in containers and in namespace hosts."""

from __future__ import annotations

import logging
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from docker.errors import NotFound

from conlink_compose.engines import EngineRefusedError, EngineUnreachableError
from conlink_compose.engines.docker.api import sentences
from conlink_compose.topology import Node

_log = logging.getLogger(__name__)

# The engine mounts /proc/sys read-only, and /sys shows the network of the container. A command of a
# host gets mounts of its own in which both are as on a machine: to make them takes CAP_SYS_ADMIN,
# with which Docker's seccomp profile lets mount(2) pass; to join the mounts of another process, as
# `nsenter --mount` does, would take CAP_SYS_CHROOT too (setns(2)). AppArmor's docker-default denies
# mount(2), and writing below /proc/sys/net, whatever the capabilities.
_OWN_MOUNTS = """
mount -o remount,bind,rw /proc/sys && mount -t sysfs sysfs /sys ||
    echo 'the network service needs security_opt: ["apparmor:unconfined"] to set sysctls of a host'
exec "$@"
"""


class Commands:
    """Each runs in a thread, since the engine answers when it has ended. Its output and its end go
    to the log, behind the name of the node."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        """`connect` makes a client that waits for ever."""
        self._connect = connect
        self._containers: Mapping[str, str] = {}

    def know(self, containers: Mapping[str, str]) -> None:
        """The container of each life, by the life's id."""
        self._containers = containers

    def run(self, node: Node, argv: Sequence[str]) -> None:
        """Does nothing where that life of the node is over."""
        if node.life is None:
            return
        container = self._containers.get(node.life.id)
        if node.owner.kind == "host":
            work: Callable[[], int] = lambda: _in_host(node, argv)  # noqa: E731
        elif container:
            work = lambda: self._in_container(node, container, argv)  # noqa: E731
        else:
            return
        threading.Thread(target=_followed, args=(node, argv, work), daemon=True).start()

    def _in_container(self, node: Node, container: str, argv: Sequence[str]) -> int:
        with sentences(), closing(self._connect()) as api:
            made = api.exec_create(container, list(argv))
            _say(node, _lines(api.exec_start(made["Id"], stream=True)))
            answer: dict[str, Any] = api.exec_inspect(made["Id"])
        return int(answer["ExitCode"] or 0)


def _followed(node: Node, argv: Sequence[str], work: Callable[[], int]) -> None:
    try:
        code = work()
    except NotFound:
        return  # its container is gone, and the next life gets the command again
    except (EngineRefusedError, EngineUnreachableError, OSError) as error:
        _log.warning("%s: cannot run %s: %s", node.name, shlex.join(argv), error)
        return
    if code:
        _log.warning("a command of %s ended with %d: %s", node.name, code, shlex.join(argv))


def _in_host(node: Node, argv: Sequence[str]) -> int:
    assert node.life
    pid = node.life.netns.split("/")[2]
    enter = ["nsenter", "--net", "--uts", "--ipc", "--target", pid, "--"]
    enter += ["unshare", "--mount", "--", "sh", "-c", _OWN_MOUNTS, "sh"]
    pipe = subprocess.PIPE
    with subprocess.Popen([*enter, *argv], stdout=pipe, stderr=subprocess.STDOUT) as running:
        assert running.stdout
        _say(node, (line.decode(errors="replace") for line in running.stdout))
    return running.returncode


def _lines(pieces: Iterable[bytes]) -> Iterable[str]:
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + piece.decode(errors="replace")).split("\n")
        yield from lines
    if rest:
        yield rest


def _say(node: Node, lines: Iterable[str]) -> None:
    for line in lines:
        _log.info("%s | %s", node.name, line.rstrip())
