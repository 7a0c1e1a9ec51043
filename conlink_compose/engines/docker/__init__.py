"""The Docker engine: containers that Compose starts, wired from a network service beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conlink_compose.engines import EngineRefusedError

if TYPE_CHECKING:
    from conlink_compose.engines import Declare, Engine, Project

MEETS_CONTAINERS_OF_OTHERS = True


class DockerRefusedError(EngineRefusedError):
    """The Docker Engine or Compose does not do what was asked. The message is a sentence."""


# No module here may be called `engine` or `project`: its import would take these functions' place.


def engine(place: str, declare: Declare | None = None) -> Engine:
    """`place` is the project's name; empty for that of the container this runs in.

    Without `declare` the topology is in this container's environment. Raises
    `EngineUnreachableError`.
    """
    from conlink_compose.engines.docker.docker_engine import DockerEngine

    return DockerEngine(place, declare)


def project(name: str) -> Project:
    from conlink_compose.engines.docker.docker_project import DockerProject

    return DockerProject(name)
