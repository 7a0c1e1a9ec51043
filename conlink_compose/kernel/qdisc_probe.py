"""What of netem this kernel has: asked of the kernel itself, in a namespace that ends with the
question."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.kernel.link_socket import LinkSocket, scratch_socket
from conlink_compose.kernel.messages_qdisc import dump_qdiscs, make
from conlink_compose.kernel.read_qdisc import stages_by_link
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import Netem
from conlink_compose.state.netem import NETEM, SEED

_SEED = 0x636C


def qdiscs_there() -> frozenset[str]:
    """`NETEM` and `SEED`, as far as they are there; the kernel loads its module. Raises OSError
    where no namespace can be made."""
    asked = LinkSocket(scratch_socket())
    try:
        return frozenset(_there(asked))
    finally:
        asked.close()


def _there(asked: LinkSocket) -> Iterator[str]:
    if asked.exchange((make(LOOPBACK_IFINDEX, 0, Netem(seed=_SEED)),)):
        return
    yield NETEM
    for _, stages in stages_by_link(asked.dump(dump_qdiscs())):
        if any(isinstance(stage, Netem) and stage.seed == _SEED for stage in stages):
            yield SEED
