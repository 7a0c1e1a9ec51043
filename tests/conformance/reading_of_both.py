"""One project as both readers see it, in one form."""

from __future__ import annotations

import re
import signal
from collections.abc import Container
from typing import Any

from conlink_compose.document.scalars import as_text
from conlink_compose.reading import Reading
from conlink_compose.workload import Workload
from tests.conformance.ports import ports_of_compose, ports_of_file

Project = dict[str, dict[str, Any]]
"""A service's name -> key -> value; under `project` the project's own name."""


def ours(reading: Reading) -> Project:
    """What the workloads hold, and from the tree what no workload holds yet."""
    assert reading.document is not None
    services = reading.document.tree.get("services") or {}
    found = {
        one.owner.name: _of_workload(one) | _of_tree(services[one.owner.name], one)
        for one in reading.workloads
    }
    return {"project": {"name": reading.document.project}} | found


def theirs(config: dict[str, Any]) -> Project:
    services = config.get("services") or {}
    found = {name: _of_compose(service, services) for name, service in services.items()}
    return {"project": {"name": config["name"]}} | found


def _of_workload(one: Workload) -> dict[str, Any]:
    return {
        "replicas": one.replicas,
        "argv": list(one.argv),
        "environment": dict(one.environment),
        "working_dir": one.working_dir,
        "hostname": one.hostname,
        "extra_hosts": sorted(one.extra_hosts),
        "sysctls": dict(one.sysctls),
        "binds": sorted((m.source, m.target, m.read_only) for m in one.mounts),
        "restart": (one.restart.policy, one.restart.retries),
        "starts_after": sorted(one.depends_on),
        "stop_signal": one.stop_signal,
        "stop_grace": one.stop_grace,
    }


def _of_tree(service: Any, one: Workload) -> dict[str, Any]:
    name = service.get("container_name")
    return {
        "container_name": None if name is None else as_text(name),
        "profiles": list(service.get("profiles") or ()),
        "labels": _pairs(service.get("labels")),
        "required": dict.fromkeys(one.depends_on, True) | _required(service.get("depends_on")),
        "healthcheck": _healthcheck(service.get("healthcheck")),
        "ports": ports_of_file(service.get("ports") or ()),
    }


def _of_compose(service: dict[str, Any], services: Container[str]) -> dict[str, Any]:
    depends = service.get("depends_on") or {}
    deploy = service.get("deploy") or {}
    environment = service.get("environment") or {}
    binds = [v for v in service.get("volumes") or () if v["type"] == "bind"]
    replicas = service.get("scale", deploy.get("replicas"))
    grace = service.get("stop_grace_period")
    return {
        "replicas": 1 if replicas is None else replicas,
        "argv": (service.get("entrypoint") or []) + (service.get("command") or []),
        "environment": {key: value for key, value in environment.items() if value is not None},
        "working_dir": service.get("working_dir"),
        "hostname": service.get("hostname"),
        "extra_hosts": sorted(tuple(h.split("=", 1)) for h in service.get("extra_hosts") or ()),
        "sysctls": service.get("sysctls") or {},
        "binds": sorted((v["source"], v["target"], v.get("read_only", False)) for v in binds),
        "restart": _restart(service.get("restart"), deploy.get("restart_policy")),
        "starts_after": sorted(name for name in depends if name in services),
        "stop_signal": _signal(service.get("stop_signal") or "SIGTERM"),
        "stop_grace": 10.0 if grace is None else _seconds(grace),
        "container_name": service.get("container_name"),
        "profiles": service.get("profiles") or [],
        "labels": service.get("labels") or {},
        "required": {name: options["required"] for name, options in depends.items()},
        "healthcheck": _healthcheck(service.get("healthcheck")),
        "ports": ports_of_compose(service.get("ports") or ()),
    }


def _pairs(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    return {name: text for name, _, text in (item.partition("=") for item in value or ())}


def _required(value: Any) -> dict[str, bool]:
    if not isinstance(value, dict):
        return dict.fromkeys(value or (), True)
    return {name: (options or {}).get("required", True) for name, options in value.items()}


_SPANS = ("interval", "timeout", "start_period", "start_interval")


def _healthcheck(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    test = value.get("test")
    found: dict[str, Any] = {key: _seconds(value[key]) for key in _SPANS if key in value}
    found["test"] = ["CMD-SHELL", test] if isinstance(test, str) else list(test or ())
    found["retries"] = value.get("retries")
    found["disable"] = value.get("disable", False)
    return found


def _restart(text: str | None, policy: dict[str, Any] | None) -> tuple[str, int | None]:
    if text:
        word, _, count = text.partition(":")
        return word, int(count) if count else None
    if policy is None:
        return "no", None
    words = {"none": "no", "on-failure": "on-failure", "any": "always"}
    return words[policy.get("condition", "any")], policy.get("max_attempts")


def _signal(text: str) -> int:
    return int(text) if text.isdecimal() else signal.Signals[f"SIG{text.removeprefix('SIG')}"]


_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def _seconds(text: str) -> float:
    """Of a duration as Compose writes it: 1h2m3s."""
    return sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"([\d.]+)(ns|us|ms|s|m|h)", text))
