"""Open vSwitch in the hub: looked at by its database, and changed through it."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.ovs import programs
from conlink_compose.kernel.ovs.ovsdb import Ovsdb, OvsdbError
from conlink_compose.kernel.ovs.rows import Tables, error_of, passing, things, uuids
from conlink_compose.kernel.ovs.transactions import Transaction
from conlink_compose.kernel.rtnl.link_socket import Refusal
from conlink_compose.state import Operation, OvsBridge, OvsPort, Thing

STARTING = 10.0
"""Seconds that programs which were just started may take to answer; where they do not, they are
not waited for again for as long."""
_LOOK_AGAIN = 0.02

SILENT = "Open vSwitch does not answer"
UNSEEN = "Open vSwitch does not answer, and what it has is not known"
LATE = "Open vSwitch did not do it in time"
UNSAID = "Open vSwitch could not, and its log tells why"
"""Said in the place of the kernel's words."""

Refused = tuple[Operation, Refusal]


class Ovs:
    """`connected` is called with each new connection, which turns readable when somebody has
    changed something. Without a folder there is no Open vSwitch, and no bridge of it."""

    def __init__(self, connected: Callable[[Ovsdb], None]) -> None:
        self._connected = connected
        self._folder: str | None = None
        self._starts = False
        self._database: Ovsdb | None = None
        self._not_before = 0.0
        self._silent_until = 0.0
        self._tables: Tables | None = None  # as last told
        self._links: Mapping[str, int] = {}  # in the hub, as last seen
        self._is_unseen = False
        self._doubted: set[str] = set()  # ports of which it is not known what became of them

    def reach(self, folder: str | None, *, starts: bool) -> None:
        """Where its sockets lie, and whether its programs are ours to start."""
        if folder != self._folder:
            self.close()
            self._tables, self._silent_until, self._is_unseen = None, 0.0, False
        self._folder, self._starts = folder, starts

    @property
    def is_unseen(self) -> bool:
        """Whether it was started and has never told what it has: at the last look there was
        nobody to tell."""
        return self._is_unseen

    def look(self, links: Mapping[str, int]) -> Iterator[Thing]:
        """What is there by what was told last; `links` are the interfaces in the hub, name ->
        ifindex. Nothing where it is unseen, and then nothing is asked of it either."""
        if self._is_unseen:
            self._doubted |= {name for name, _ in links.items() - self._links.items()}
        self._links = links
        was_started = self._folder is not None and programs.were_started(self._folder)
        database = self._started() if was_started else self._reached()
        if database:
            self._tables = database.tables
        elif not was_started:
            self._tables = None
        self._is_unseen = was_started and self._tables is None
        if self._tables:
            self._doubted -= uuids(self._tables, "Bridge").keys()  # nobody but it makes their taps
            yield from things(self._tables, links.keys() - self._doubted)

    def drain(self) -> None:
        """Take note of what was told."""
        if self._database:
            try:
                self._database.drain()
            except OSError:
                self.close()

    def obey(self, namespace: Namespace, operations: Sequence[Operation]) -> list[Refused]:
        """In one transaction; where that is refused, each in one of its own. That nobody answers is
        told once a bridge.

        What is unseen is not asked for, though somebody may answer by now: it would be made a
        second time, and its taps taken from it. The next look sees it.

        Of what it does late, it may see nothing but the end: a port that is the one it had. So such
        a port, and one that was made while it was unseen, is taken out and put in again when it
        answers.
        """
        del namespace  # Open vSwitch is the hub's
        if self._is_unseen:
            return _of_each_bridge(operations, Refusal(errno.ENOTCONN, UNSEEN))
        ports = {one.thing.interface for one in operations if isinstance(one.thing, OvsPort)}
        self._doubted |= ports
        database = self._started()
        if database is None:
            return _of_each_bridge(operations, Refusal(errno.ENOTCONN, SILENT))
        try:
            refused = list(_obeyed(database, operations))
        except OSError as error:
            self._give_up(error)
            return _of_each_bridge(operations, Refusal(errno.ETIMEDOUT, LATE))
        self._doubted -= ports
        return refused

    def close(self) -> None:
        if self._database:
            self._database.close()
        self._database = None

    def _give_up(self, error: OSError) -> None:
        """Whoever is stopped would be waited for at every look, and all else with it."""
        self.close()
        if isinstance(error, TimeoutError):
            self._silent_until = time.monotonic() + STARTING

    def _is_silent(self) -> bool:
        return time.monotonic() < self._silent_until

    def _reached(self) -> Ovsdb | None:
        """The connection, made anew where there is somebody to connect to."""
        if self._database is None and self._folder and not self._is_silent():
            try:
                self._database = Ovsdb(self._folder)
            except OSError as error:
                self._give_up(error)
                return None
            except OvsdbError:
                return None
            self._connected(self._database)
        return self._database

    def _started(self) -> Ovsdb | None:
        """The connection; where there is none, its programs are started and waited for."""
        database, now = self._reached(), time.monotonic()
        if database or not (self._starts and self._folder):
            return database
        if now < self._not_before or self._is_silent():
            return None
        programs.start(self._folder)
        ends = now + STARTING
        while database is None and time.monotonic() < ends and not self._is_silent():
            time.sleep(_LOOK_AGAIN)
            database = self._reached()
        if database is None:
            self._not_before = time.monotonic() + STARTING
        return database


def _of_each_bridge(operations: Sequence[Operation], refusal: Refusal) -> list[Refused]:
    """The first of what was asked of it."""
    first: dict[str, Operation] = {}
    for operation in operations:
        thing = operation.thing
        bridge = thing.bridge if isinstance(thing, OvsPort) else thing.key[-1]
        first.setdefault(bridge, operation)
    return [(operation, refusal) for operation in first.values()]


def _obeyed(database: Ovsdb, operations: Sequence[Operation]) -> Iterator[Refused]:
    """What was refused. Raises OSError where the connection is lost."""
    transaction = Transaction(database.tables)
    try:
        for part in (transaction.removing, transaction.making):
            if steps := [step for one in operations for step in part(one)]:
                database.transact(*steps)
    except OvsdbError as error:
        if len(operations) == 1:
            yield operations[0], Refusal(errno.EINVAL, str(error))
            return
        for operation in operations:
            yield from _obeyed(database, (operation,))
        return
    passes = passing(database.tables)
    for operation in operations:
        name = _interface_of(operation)
        if name and name not in passes:
            yield operation, Refusal(errno.EIO, error_of(database.tables, name) or UNSAID)


def _interface_of(operation: Operation) -> str:
    """The one that passes frames when it has been obeyed."""
    thing = operation.thing
    if operation.verb == "remove":
        return ""
    if isinstance(thing, OvsBridge):
        return thing.name
    return thing.interface if isinstance(thing, OvsPort) else ""
