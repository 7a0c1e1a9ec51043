"""How a service's process is started again and stopped."""

from __future__ import annotations

import re
import signal

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import Map
from conlink_compose.workload import Restart
from conlink_compose.workloads.service_keys import ServiceKeys

_POLICIES = ("no", "always", "on-failure", "unless-stopped")
_CONDITIONS = {"none": "no", "on-failure": "on-failure", "any": "always"}
_REAL_TIME = re.compile(r"RT(MIN|MAX)([+-]\d+)?\Z")
_DURATION = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)")
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86_400.0,
    "w": 604_800.0,
}


def restart(keys: ServiceKeys) -> Restart:
    """`restart`, else `deploy.restart_policy`."""
    value = keys.service.get("restart")
    if value is False:  # `restart: false`, which some write for an unquoted YAML 1.1 `no`
        return Restart()
    text = keys.text("restart")
    if text is None:
        return _of_deploy(keys)
    policy, colon, retries = text.partition(":")
    if policy not in _POLICIES:
        advice = near_or_all(policy, _POLICIES, "the policies are")
        keys.wrong("bad-restart", f"`{text}` is no restart policy", keys.at("restart"), advice)
        return Restart()
    if colon and (policy != "on-failure" or not retries.isdecimal()):
        advice = "only `on-failure:N` takes a number"
        keys.wrong("bad-restart", f"`{text}` is no restart policy", keys.at("restart"), advice)
        return Restart(policy)
    return Restart(policy, int(retries) if colon else None)


def _of_deploy(keys: ServiceKeys) -> Restart:
    deploy = keys.service.get("deploy")
    policy = deploy.get("restart_policy") if isinstance(deploy, Map) else None
    if not isinstance(policy, Map):
        return Restart()
    condition, attempts = policy.get("condition", "any"), policy.get("max_attempts")
    if condition not in _CONDITIONS:
        advice = near_or_all(str(condition), _CONDITIONS, "the conditions are")
        at = policy.values_at["condition"]
        keys.wrong("bad-restart", f"`{condition}` is no restart condition", at, advice)
        return Restart()
    known = isinstance(attempts, int) and not isinstance(attempts, bool)
    return Restart(_CONDITIONS[str(condition)], int(str(attempts)) if known else None)


def stop_signal(keys: ServiceKeys) -> int:
    """The number of `stop_signal`, 15 where there is none."""
    text = keys.text("stop_signal")
    if text is None:
        return int(signal.SIGTERM)
    number = signal_number(text)
    if number is None:
        names = [name.name for name in signal.Signals]
        advice = near_or_all(text.upper(), names, "the signals are")
        at = keys.at("stop_signal")
        keys.wrong("bad-signal", f"`{text}` is no signal", at, advice)
        return int(signal.SIGTERM)
    return number


def signal_number(text: str) -> int | None:
    """Of `SIGHUP`, `hup`, `1`; None where there is no such signal."""
    name = text.upper().removeprefix("SIG")
    if name.isdecimal():
        return int(name) if 0 < int(name[:4]) <= signal.SIGRTMAX and len(name) < 4 else None
    real_time = _REAL_TIME.match(name)
    if real_time:
        base = signal.SIGRTMIN if real_time[1] == "MIN" else signal.SIGRTMAX
        number = int(base) + int(real_time[2] or 0)
        return number if signal.SIGRTMIN <= number <= signal.SIGRTMAX else None
    found = signal.Signals.__members__.get(f"SIG{name}")
    return int(found) if found else None


def stop_grace(keys: ServiceKeys) -> float:
    """`stop_grace_period` in seconds, 10 where there is none."""
    text = keys.text("stop_grace_period")
    if text is None:
        return 10.0
    found = seconds(text)
    if found is None:
        at: Span = keys.at("stop_grace_period")
        advice = "write a number with its unit, such as `30s` or `1m30s`"
        keys.wrong("bad-duration", f"`{text}` is no duration", at, advice)
        return 10.0
    return found


def seconds(text: str) -> float | None:
    """A duration as Compose takes it (`1m30s`, `500ms`, `1.5h`, `1d`); None where it is none.

    Only 0 needs no unit.
    """
    if text == "0":
        return 0.0
    total, at = 0.0, 0
    while at < len(text):
        part = _DURATION.match(text, at)
        if part is None:
            return None
        unit = part[2].replace("µ", "u").replace("μ", "u")
        total += float(part[1]) * _SECONDS[unit]
        at = part.end()
    return total if text else None
