"""Which replica of its service each container is."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from conlink_compose.engines.docker import labels

_log = logging.getLogger(__name__)

Container = Mapping[str, Any]


def numbered(
    containers: Iterable[Container], declared: Mapping[str, int]
) -> Iterator[tuple[Container, int]]:
    """Each container with its number, from 1; `declared` has the number of replicas of a service.

    A one-off (`compose run web`) has none of its own, and stands in for the first replica that does
    not run; where all of them do it gets no links, since every address is somebody's. Of two with
    one number, which Compose never leaves running, the newer counts.
    """
    found: dict[tuple[str, int], Container] = {}
    one_offs: list[Container] = []
    for container in sorted(containers, key=lambda one: (one["Created"], one["Id"])):
        number = labels.replica_of(container["Labels"])
        if number is None:
            one_offs.append(container)
        else:
            found[container["Labels"][labels.SERVICE], number] = container
    for container in one_offs:
        service = container["Labels"][labels.SERVICE]
        for number in range(1, declared.get(service, 1) + 1):
            if (service, number) not in found:
                found[service, number] = container
                break
    for (_, number), container in found.items():
        yield container, number


class WithoutNumber:
    """Says of each one-off that stands in for nobody that it gets no links, once."""

    def __init__(self) -> None:
        self._told: frozenset[str] = frozenset()

    def tell(self, containers: Iterable[Container], numbered_ids: Collection[str]) -> None:
        left = {
            one["Id"]: one
            for one in containers
            if one["Id"] not in numbered_ids and labels.replica_of(one["Labels"]) is None
        }
        for container in (left[id_] for id_ in left.keys() - self._told):
            service = container["Labels"][labels.SERVICE]
            _log.warning(
                "%s gets no links: it is a one-off container of %s, and every replica of that runs",
                container["Names"][0].removeprefix("/"),
                service,
            )
        self._told = frozenset(left)
