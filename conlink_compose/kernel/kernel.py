"""The kernel as the runtime sees it: observe, apply, and a descriptor that wakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conlink_compose.kernel.apply import Apply
from conlink_compose.kernel.failure import Failure
from conlink_compose.kernel.indexes import Indexes
from conlink_compose.kernel.kinds import Kinds
from conlink_compose.kernel.monitor import Monitor
from conlink_compose.kernel.namespaces import Namespaces
from conlink_compose.kernel.netns import raise_file_limit, route_sockets
from conlink_compose.kernel.observe import Known, Observation, look
from conlink_compose.state import End, Plan


class Kernel:
    """The hub at the path `hub`, and the nodes of the last observation.

    `mark` is the group number of this project's interfaces, see `mark_of`. Not for several
    threads at once. Raises OSError where the hub cannot be opened (ENOENT, EACCES) or entered
    (EPERM).
    """

    def __init__(self, hub: str, mark: int) -> None:
        raise_file_limit()
        self._mark = mark
        self._namespaces = Namespaces(hub)
        (raw,) = route_sockets((self._namespaces.hub.netns,))
        if isinstance(raw, OSError):
            self._namespaces.close()
            raise raw
        self._monitor = Monitor(raw)
        self._indexes = Indexes()
        self._kinds = Kinds()
        self._known: dict[End, Known] = {}

    def observe(self, places: Mapping[str, str]) -> Observation:
        """What the hub and the nodes hold. `places`: node name -> path of its namespace."""
        reasons = self._namespaces.admit(places)
        state, self._known = look(self._namespaces, self._mark)
        return Observation(state, frozenset(reasons), reasons)

    def apply(self, plan: Plan) -> tuple[Failure, ...]:
        """Obey in the namespaces of the last observation; what the kernel refused.

        After a failure it goes on, but leaves out what lies on an interface that could not be
        made, and the ready mark of a node in which anything failed.
        """
        return Apply(self._namespaces, self._known, self._mark, self._indexes).obey(plan)

    def missing_kinds(self, kinds: Iterable[str]) -> frozenset[str]:
        """Those of the kinds of interface that this kernel cannot make. Raises OSError."""
        return self._kinds.missing(kinds)

    def fileno(self) -> int:
        """Readable when links, addresses or routes changed in the hub or in an observed node."""
        return self._monitor.fileno()

    def drain(self) -> None:
        """Forget the changes so far. Call it before `observe`."""
        self._monitor.drain()

    def close(self) -> None:
        self._monitor.close()
        self._namespaces.close()
