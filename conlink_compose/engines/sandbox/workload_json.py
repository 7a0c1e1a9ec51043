"""A `Workload` as plain data and back, key by key: both sides of the socket read it."""

from __future__ import annotations

from typing import Any

from conlink_compose.linux.sysctls import is_inherited, sysctl_path
from conlink_compose.topology import Owner
from conlink_compose.workload import Mount, Restart, User, Workload


def to_data(workload: Workload) -> dict[str, Any]:
    """Plain data for `json.dumps`, without the place in the file: an edit above is no change."""
    return {
        "owner": list(workload.owner),
        "replicas": workload.replicas,
        "argv": list(workload.argv),
        "environment": [list(pair) for pair in workload.environment],
        "working_dir": workload.working_dir,
        "user": user_data(workload.user),
        "hostname": workload.hostname,
        "extra_hosts": [list(pair) for pair in workload.extra_hosts],
        "sysctls": [list(pair) for pair in workload.sysctls],
        "mounts": [[m.source, m.target, m.read_only] for m in workload.mounts],
        "restart": [workload.restart.policy, workload.restart.retries],
        "depends_on": list(workload.depends_on),
        "stop_signal": workload.stop_signal,
        "stop_grace": workload.stop_grace,
        "gate": workload.gate,
    }


def from_data(data: Any) -> Workload:
    """Raises `ValueError`, `TypeError` or `KeyError` for what `to_data` would not have written."""
    kind, name = data["owner"]
    return Workload(
        owner=Owner(kind, name),
        replicas=int(data["replicas"]),
        argv=tuple(data["argv"]),
        environment=_pairs(data["environment"]),
        working_dir=data["working_dir"],
        user=user_from(data["user"]),
        hostname=data["hostname"],
        extra_hosts=_pairs(data["extra_hosts"]),
        sysctls=_pairs(data["sysctls"]),
        mounts=tuple(Mount(*mount) for mount in data["mounts"]),
        restart=Restart(*data["restart"]),
        depends_on=tuple(data["depends_on"]),
        stop_signal=int(data["stop_signal"]),
        stop_grace=float(data["stop_grace"]),
        gate=bool(data.get("gate", True)),
        span=None,
    )


def same_process(present: Workload, wanted: Workload) -> bool:
    """Whether a running node of `present` may stay as it is for `wanted`.

    Replicas, restart, the ways of stopping, dependencies and hosts are obeyed in place, and so are
    the sysctls of a host: the runtime sees to them.
    """
    return _made_of(present) == _made_of(wanted) and _can_be_set(present, wanted)


def _made_of(workload: Workload) -> tuple[object, ...]:
    return (
        workload.owner,
        workload.argv,
        workload.environment,
        workload.working_dir,
        workload.user,
        workload.hostname,
        workload.mounts,
        workload.gate,
    )


def _can_be_set(present: Workload, wanted: Workload) -> bool:
    """Whether a change of sysctls is one that is made in place. What one was before it was
    declared nobody knows, and a default holds for interfaces that are made after it."""
    if present.owner.kind != "host":
        return present.sysctls == wanted.sysctls
    before, after = _by_path(present), _by_path(wanted)
    changed = {path for path in after if before.get(path) != after[path]}
    return before.keys() <= after.keys() and not any(map(is_inherited, changed))


def _by_path(workload: Workload) -> dict[str, str]:
    return {sysctl_path(name): value for name, value in workload.sysctls}


def user_data(user: User) -> list[Any]:
    """Plain data for `json.dumps`."""
    return [user.name, list(user.groups)]


def user_from(data: Any) -> User:
    """What `user_data` was made from. Raises `ValueError` or `TypeError` for anything else."""
    name, groups = data
    return User(str(name), tuple(str(group) for group in groups))


def _pairs(data: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(value)) for key, value in data)
