"""The kernel as the runtime sees it: observe, apply, and a descriptor that wakes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from conlink_compose.kernel.apply import Apply
from conlink_compose.kernel.backend import Backend
from conlink_compose.kernel.ethtool_features import FeatureSwitch
from conlink_compose.kernel.failure import Failure
from conlink_compose.kernel.kinds import known_kinds
from conlink_compose.kernel.make import Ifindexes
from conlink_compose.kernel.maker import Maker
from conlink_compose.kernel.monitor import Monitor
from conlink_compose.kernel.namespaces import Namespace, Namespaces
from conlink_compose.kernel.nft.nft import Nft
from conlink_compose.kernel.nft.nft_socket import raw_nft_socket
from conlink_compose.kernel.observe import Observation, look
from conlink_compose.kernel.ovs.ovs import Ovs
from conlink_compose.kernel.remove import on_parents, remove_links
from conlink_compose.kernel.rtnl.link_socket import route_sockets
from conlink_compose.kernel.rtnl.lookup import Known
from conlink_compose.kernel.snooping import Snooping
from conlink_compose.kernel.sysctls import SysctlSwitch
from conlink_compose.linux.limits import raise_file_limit
from conlink_compose.linux.namespaces import in_each_network
from conlink_compose.state import End, Interface, Plan, Thing
from conlink_compose.state.sought import NOTHING, Sought

ASK_AGAIN = 10.0
"""Seconds until a kind that was missing is asked for again: its module may have been loaded."""


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
        (raw,) = route_sockets((self._namespaces.hub.fd,))
        if isinstance(raw, OSError):
            self._namespaces.close()
            raise raw
        self._monitor = Monitor(raw)
        self._ifindexes = Ifindexes()
        self._nft = Nft(mark)
        self._ovs = Ovs(self._monitor.hear_also)
        self._backends: dict[str, Backend] = {
            "rules": self._nft,
            "ovs": self._ovs,
            "sysctls": SysctlSwitch(),
            "features": FeatureSwitch(),
        }
        self._has_kind: dict[str, bool] = {}
        self._asked = 0.0
        self._known: dict[End, Known] = {}
        self._has_parents = False

    def observe(self, paths: Mapping[str, str], sought: Sought = NOTHING) -> Observation:
        """What the hub and the nodes hold. `paths`: node name -> path of its namespace.

        What few networks have is looked for where it is `sought`, and where it was seen.
        """
        reasons = self._namespaces.admit(paths, self._let_go)
        if sought.rules:
            self._hear_rules()
        if sought.forwarding or sought.sysctls:
            self._monitor.hear_settings()
        state, self._known = look(self._namespaces, self._mark, self._nft, self._ovs, sought)
        self._note_parents(state)
        return Observation(state, frozenset(reasons), reasons)

    def _note_parents(self, things: Iterable[Thing]) -> None:
        if not self._has_parents:
            self._has_parents = any(isinstance(one, Interface) and one.parent for one in things)

    def _let_go(self, namespace: Namespace) -> None:
        """A veth goes with its end in the hub. What lies on a parent has no such end: it would stay
        where somebody else holds the namespace, and where nobody does, the kernel clears it later,
        and what a parent has once is taken until then: a MAC, a vlan's id."""
        if self._has_parents:
            remove_links(namespace.socket, on_parents(namespace, self._mark), self._mark)

    def _hear_rules(self) -> None:
        if self._monitor.hears_rules:
            return
        (raw,) = in_each_network((self._namespaces.hub.fd,), raw_nft_socket)
        if not isinstance(raw, OSError):  # else there are none to hear of either
            self._monitor.hear_rules(raw)

    def apply(self, plan: Plan) -> tuple[Failure, ...]:
        """Obey in the namespaces of the last observation; what the kernel refused.

        After a failure it goes on, but leaves out what lies on an interface that could not be
        made, and the ready mark of a node in which anything failed.
        """
        self._note_parents(operation.thing for operation in plan)
        namespaces, known, mark = self._namespaces, self._known, self._mark
        maker = Maker(namespaces, known, mark, self._ifindexes, Snooping(plan))
        doer = Apply(namespaces, known, mark, maker, self._backends)
        with self._monitor.deaf():
            return doer.obey(plan)

    def reach_machine(self, path: str | None) -> str:
        """The label that the machine's interfaces have from the next observation on: that of the
        hub, where its namespace, at `path`, is the hub; `OUT_OF_REACH` where it may not be entered.
        Raises OSError where no descriptor is left."""
        return self._namespaces.reach_machine(path)

    def reach_ovs(self, folder: str | None, *, starts: bool) -> None:
        """Where the sockets of the Open vSwitch lie that stands in the hub; None where there is
        none. `starts`: its programs are started from here, as soon as something is asked of it."""
        self._ovs.reach(folder, starts=starts)

    def leave_machine(self) -> None:
        """No interface of the machine is looked at any more."""
        self._namespaces.leave_machine()

    def missing_kinds(self, kinds: Iterable[str]) -> frozenset[str]:
        """Those of the kinds of interface, and of the `FEATURES`, that this kernel has not: it is
        asked itself, once for each, in a namespace that ends with the question. Raises OSError
        where no namespace can be made."""
        wanted = frozenset(kinds)
        if wanted and time.monotonic() > self._asked + ASK_AGAIN:
            self._has_kind = {kind: True for kind, there in self._has_kind.items() if there}
        if unknown := sorted(wanted - self._has_kind.keys()):
            self._has_kind.update(known_kinds(unknown))
            self._asked = time.monotonic()
        return frozenset(kind for kind in wanted if not self._has_kind[kind])

    def fileno(self) -> int:
        """Readable when links, addresses, routes or rules changed in the hub or a node."""
        return self._monitor.fileno()

    def drain(self) -> None:
        """Forget the changes so far. Call it before `observe`."""
        self._monitor.drain()
        self._ovs.drain()

    def close(self) -> None:
        self._ovs.close()
        self._monitor.close()
        self._namespaces.close()
