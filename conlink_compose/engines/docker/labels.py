"""Who a container is: its labels tell, never its name.

Compose v1 names containers `P_web_1`, v2 `P-web-1`; both set the same labels
(compose/const.py there, pkg/api/labels.go here).
"""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.render.injected import HUB, OVS, ROLE, RUNTIME

__all__ = ["HUB", "OVS", "ROLE", "RUNTIME"]

PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"
NUMBER = "com.docker.compose.container-number"
ONE_OFF = "com.docker.compose.oneoff"

IMAGE_LABEL = "conlink-compose.image"
"""Of our image, and so of every container of it."""


def is_runtime(labels: Mapping[str, str]) -> bool:
    """Whether it runs a runtime: one that we added, or that a user wrote by hand."""
    return labels.get(ROLE) == RUNTIME or (ROLE not in labels and IMAGE_LABEL in labels)


def is_ours(labels: Mapping[str, str]) -> bool:
    """Whether it is a part of the network, and no node."""
    return ROLE in labels or is_runtime(labels)


def replica_of(labels: Mapping[str, str]) -> int | None:
    """The number of a service's container; None for a one-off (`compose run`), which has none of
    its own, and for what is not Compose's."""
    if labels.get(ONE_OFF, "False") == "True":
        return None
    number = labels.get(NUMBER, "")
    return int(number) if number.isdecimal() else None
