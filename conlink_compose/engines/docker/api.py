"""The Engine's API, by docker-py, with failures as sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import RequestException

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.docker import DockerRefusedError

PATIENCE = 30.0
"""Seconds for an answer. An engine that starts fifty containers answers late, but it answers."""


def connect(patience: float | None = PATIENCE, base_url: str | None = None) -> Any:
    """A client of the engine that `docker` itself would talk to, or of the one at `base_url`.

    The API's version is negotiated: the engine's own, from 1.40 to the newest.
    Raises `EngineUnreachableError`.
    """
    with sentences():
        endpoint = {"base_url": base_url} if base_url else _endpoint()
        return docker.APIClient(version="auto", timeout=patience, **endpoint)


@contextmanager
def sentences() -> Iterator[None]:
    """Turns docker-py's exceptions into ours. `NotFound` passes: it is an answer."""
    try:
        yield
    except NotFound:
        raise
    except APIError as error:
        # 5xx while the daemon starts or stops is no answer to the question.
        why = error.explanation or error
        if error.is_server_error():
            raise EngineUnreachableError(f"the Docker Engine fails: {why}") from error
        raise DockerRefusedError(f"the Docker Engine refuses: {why}") from error
    except (DockerException, RequestException, OSError) as error:
        raise EngineUnreachableError(
            f"the Docker Engine at {where()} does not answer: is it running, and may you use it? "
            f"({_root_of(error)})"
        ) from error


def where() -> str:
    """The engine's address, for a person."""
    return str(_endpoint().get("base_url", "unix:///var/run/docker.sock"))


def _endpoint() -> dict[str, Any]:
    """`DOCKER_HOST` wins, then the context of `docker context use` or `DOCKER_CONTEXT`."""
    if os.environ.get("DOCKER_HOST"):
        found: dict[str, Any] = docker.utils.kwargs_from_env()
        return found
    name = os.environ.get("DOCKER_CONTEXT")
    try:
        context = docker.context.ContextAPI.get_context(name)
    except (DockerException, OSError, ValueError, KeyError):
        context = None
    if context is None or not context.Host:
        return {}
    return {"base_url": context.Host, "tls": context.TLSConfig}


def _root_of(error: BaseException) -> str:
    """What was at the bottom of docker-py's pile of exceptions."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    strerror = getattr(error, "strerror", None)
    return str(strerror or error) or type(error).__name__
