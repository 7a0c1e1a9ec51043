"""Who a process in a node is: `user` and `group_add` as Docker takes them, looked up where it runs.

The files of a node are the machine's own, so its users are the machine's too, unless a service
mounts an /etc/passwd of its own.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.workload import User

ROOT = User()

_LARGEST = 2**31 - 1  # Docker's own bound of a number


@dataclass(frozen=True, slots=True)
class Identity:
    """Numbers for the kernel; `home` is what HOME is where the service does not say."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str


def identify(user: User) -> Identity:
    """Raises `SandboxError` where this machine has no such user or group."""
    name, _, group = user.name.partition(":")
    person = _person(name or "0")
    uid = person.pw_uid if person else _number(name, "user")
    gid = _group(group) if group else (person.pw_gid if person else 0)
    # As in Docker, a group that is named takes the place of all that the user is in.
    own = os.getgrouplist(person.pw_name, gid) if person and not group else ()
    added = [_group(one) for one in user.groups]
    return Identity(
        uid, gid, tuple(dict.fromkeys((*own, *added))), person.pw_dir if person else "/"
    )


def only_user() -> tuple[int, int] | None:
    """The uid and gid that every process has on the machine, where the kernel allows no other.

    So it is without root: a user namespace of an ordinary user knows that user alone.
    """
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    uid, gid = (_single(Path("/proc/self", name)) for name in ("uid_map", "gid_map"))
    return (uid, gid if gid is not None else 0) if uid is not None else None


def is_only(identity: Identity, only: tuple[int, int]) -> bool:
    """Whether that one user is meant: by its own number, or as root, which it is in the node."""
    return identity.uid in (0, only[0]) and identity.gid in (0, only[1])


def become(user: User, outputs: Sequence[int] = ()) -> Identity:
    """This process, root in its node, is `user` from now on; nothing changes where that is root.
    The pipes `outputs` become its own: else it could not open its /dev/stdout.

    Raises `SandboxError`.
    """
    identity = identify(user)
    only = only_user()
    if only and not (is_only(identity, only) and not user.groups):
        raise SandboxError(
            f"cannot become `{user.name or 'root'}`: without root every process of the sandbox "
            "runs as you; run conlink-compose as root"
        )
    if user == ROOT or only:
        return identity
    try:
        for output in outputs:
            os.fchown(output, identity.uid, identity.gid)
        os.setgroups(identity.groups)
        os.setgid(identity.gid)
        os.setuid(identity.uid)
    except OSError as error:
        raise SandboxError(f"cannot become `{user.name}`: {error.strerror}") from error
    return identity


def _person(name: str) -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(name)
    with contextlib.suppress(KeyError, OverflowError):
        return pwd.getpwuid(int(name)) if name.isdecimal() else None
    return None


def _group(name: str) -> int:
    with contextlib.suppress(KeyError):
        return grp.getgrnam(name).gr_gid
    return _number(name, "group")


def _number(name: str, what: str) -> int:
    """What no file knows may still be a number."""
    if not name.isdecimal() or int(name) > _LARGEST:
        raise SandboxError(
            f"there is no {what} `{name}` on this machine, whose own files the sandbox runs on"
        )
    return int(name)


def _single(path: Path) -> int | None:
    """The one number outside that a map of a user namespace leads to; None where there are more."""
    lines = path.read_text().splitlines()
    _, outside, count = map(int, lines[0].split()) if len(lines) == 1 else (0, 0, 0)
    return outside if count == 1 else None
