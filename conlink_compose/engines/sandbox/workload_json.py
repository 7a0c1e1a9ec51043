"""A `Workload` as plain data and back, key by key: both sides of the socket read it."""

from __future__ import annotations

from typing import Any

from conlink_compose.linux.sysctls import forwarded_family, forwarding
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


def same_process(one: Workload, other: Workload) -> bool:
    """Whether a running node of `one` may stay as it is for `other`.

    Replicas, restart, the ways of stopping, dependencies and hosts are obeyed in place, and so is
    whether a host forwards: the runtime sees to that.
    """
    return _made_of(one) == _made_of(other)


def _made_of(workload: Workload) -> tuple[object, ...]:
    return (
        workload.owner,
        workload.argv,
        workload.environment,
        workload.working_dir,
        workload.user,
        workload.hostname,
        _as_it_starts(workload),
        workload.mounts,
        workload.gate,
    )


def _as_it_starts(workload: Workload) -> tuple[tuple[str, str], ...]:
    """The sysctls, without the values of those that are changed in place."""
    if workload.owner.kind != "host":
        return workload.sysctls
    kept = forwarding(workload.sysctls)
    return tuple(
        (name, "" if forwarded_family(name) in kept else value) for name, value in workload.sysctls
    )


def user_data(user: User) -> list[Any]:
    """Plain data for `json.dumps`."""
    return [user.name, list(user.groups)]


def user_from(data: Any) -> User:
    """What `user_data` was made from. Raises `ValueError` or `TypeError` for anything else."""
    name, groups = data
    return User(str(name), tuple(str(group) for group in groups))


def _pairs(data: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), str(value)) for key, value in data)
