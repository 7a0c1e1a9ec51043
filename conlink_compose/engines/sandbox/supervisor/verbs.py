"""What each verb of the protocol does. A request that makes no sense changes nothing."""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conlink_compose.engines import Changes
from conlink_compose.engines.sandbox import SandboxError, StoppingError
from conlink_compose.engines.sandbox.folder import TOPOLOGY
from conlink_compose.engines.sandbox.protocol import EVERYTHING, LOG, NAMESPACES, status_data
from conlink_compose.engines.sandbox.supervisor.changes import nodes_of
from conlink_compose.engines.sandbox.supervisor.nodes import Nodes, Terms
from conlink_compose.engines.sandbox.workload_json import from_data, user_data
from conlink_compose.ipc.server import Client
from conlink_compose.log import configure
from conlink_compose.workload import Workload

_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]+")  # it becomes a file's name

Stop = Callable[[float | None, Client], float]

_log = logging.getLogger(__name__)


class Verbs:
    """`stop` begins the end of the supervisor, answers the client there, and returns the seconds
    it takes at most."""

    def __init__(self, nodes: Nodes, stop: Stop, folder: Path) -> None:
        self._nodes = nodes
        self._folder = folder
        self._stop = stop
        self._verbs: dict[object, Callable[[Client, dict[str, Any]], None]] = {
            "apply": self._apply,
            "nodes": self._list,
            "events": self._events,
            "run": self._run,
            "enter": self._enter,
            "restart": self._restart,
            "start_nodes": self._start_nodes,
            "stop_nodes": self._stop_nodes,
            "kill": self._kill,
            "stop": self._end,
        }

    def handle(self, client: Client, request: dict[str, Any]) -> None:
        verb = request.get("verb")
        known = self._verbs.get(verb) if isinstance(verb, str) else None
        if known is None:
            client.refuse(
                f"there is no verb {verb!r}; there are {', '.join(map(str, self._verbs))}"
            )
            return
        try:
            known(client, request)
        except SandboxError as error:
            client.refuse(str(error), stopping=isinstance(error, StoppingError))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            client.refuse(f"the request `{verb}` is not well formed: {error!r}")

    def _apply(self, client: Client, request: dict[str, Any]) -> None:
        workloads = [from_data(data) for data in request["workloads"]]
        hosts = {str(name): str(text) for name, text in request.get("hosts", {}).items()}
        _check_names(workloads)
        terms = Terms(
            bool(request.get("remove_orphans", False)),
            _words(request.get("recreate", [])),
            _words(request.get("keep", [])),
        )
        if request.get("only_foresee"):
            changes = self._nodes.foresee(workloads, terms)
        else:
            self._nodes.refuse_while_stopping()
            configure(request.get("log_level", "info"))
            self._keep(str(request.get("declaration", "")))
            common = str(request.get("hosts_common", ""))
            changes = self._nodes.apply(workloads, hosts, common, terms)
            _log_changes(changes)
        client.reply(**asdict(changes))

    def _keep(self, declaration: str) -> None:
        """For the runtime to read; whole, or as it was."""
        path = self._folder / TOPOLOGY
        fresh = path.with_name(f"{path.name}.new")
        try:
            fresh.write_text(declaration, encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            raise SandboxError(f"cannot write {path}: {error.strerror}") from error

    def _list(self, client: Client, _: dict[str, Any]) -> None:
        client.reply(nodes=[status_data(status) for status in self._nodes.statuses()])

    def _events(self, client: Client, request: dict[str, Any]) -> None:
        topic = request.get("of", EVERYTHING)
        if topic not in (EVERYTHING, NAMESPACES, LOG):
            raise SandboxError(f"there are no events of {topic!r}")
        client.topic = topic
        client.reply()

    def _run(self, client: Client, request: dict[str, Any]) -> None:
        argv = _words(request["argv"])
        if not argv:
            raise SandboxError("there is no command to run")
        name, life = request["node"], request.get("life")
        if life is None or self._nodes.lives(name, life):
            self._nodes.get(name).run(argv)
            _log.debug("%s: runs %s beside its process", name, argv)
        client.reply()

    def _enter(self, client: Client, request: dict[str, Any]) -> None:
        node = self._nodes.get(request["node"])
        if node.life is None or not node.life.has_namespaces:
            raise SandboxError(f"{node.name} is not running ({node.state})")
        spec = node.life.spec
        client.reply_with(
            node.life.pidfd,
            environment=dict(spec.environment),
            working_dir=spec.working_dir,
            user=user_data(spec.user),
            home=spec.home,
        )

    def _restart(self, client: Client, request: dict[str, Any]) -> None:
        names = _words(request["nodes"])
        self._nodes.restart(names, _seconds(request))
        _log.info("restart: %s", ", ".join(names))
        client.reply()

    def _start_nodes(self, client: Client, request: dict[str, Any]) -> None:
        names = _words(request["nodes"])
        self._nodes.start(names)
        _log.info("start: %s", ", ".join(names))
        client.reply()

    def _stop_nodes(self, client: Client, request: dict[str, Any]) -> None:
        names = _words(request["nodes"])
        within = self._nodes.stop(names, _seconds(request))
        _log.info("stop: %s", ", ".join(names))
        client.reply(within=within)

    def _kill(self, client: Client, request: dict[str, Any]) -> None:
        names, number = _words(request["nodes"]), int(request["signal"])
        if number not in signal.valid_signals():
            raise SandboxError(f"there is no signal {number}")
        self._nodes.kill(names, number)
        _log.info("kill with signal %d: %s", number, ", ".join(names))
        client.reply()

    def _end(self, client: Client, request: dict[str, Any]) -> None:
        client.reply(within=self._stop(_seconds(request), client))


def _log_changes(changes: Changes) -> None:
    _log.info(
        "apply: %d nodes created, %d recreated, %d started again, %d removed, %d orphans",
        len(changes.create),
        len(changes.recreate),
        len(changes.start),
        len(changes.remove),
        len(changes.orphans),
    )


def _seconds(request: dict[str, Any]) -> float | None:
    """For each node; None is each one's own."""
    timeout = request.get("timeout")
    return None if timeout is None else float(timeout)


def _words(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TypeError(f"{value!r} is not a list of strings")
    return value


def _check_names(workloads: list[Workload]) -> None:
    names = [name for workload in workloads for name in nodes_of(workload)]
    if bad := next((name for name in names if not _NAME.fullmatch(name)), None):
        raise SandboxError(f"`{bad}` cannot be the name of a node")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SandboxError(f"two nodes would have the name `{twice}`")
