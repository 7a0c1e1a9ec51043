"""Which replica of its service each container is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conlink_compose.engines.docker import labels

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
