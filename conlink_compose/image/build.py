"""Building the network image on a Docker Engine, by the engine's own API."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import DockerException, ImageNotFound
from urllib3.exceptions import HTTPError

from conlink_compose import __version__
from conlink_compose.image.context import (
    DOCKERFILE,
    Files,
    archive,
    content_hash,
    files_at_hand,
    own_files,
)

BASE = "debian:bookworm-slim"
IMAGE = f"conlink-compose:{__version__}"

CONTENT_LABEL = "conlink-compose.content"
"""What the image was built from, as `content_hash` tells it."""

_BASE_LABEL = "org.opencontainers.image.base.name"

# docker-py lets through what requests (an OSError) and urllib3, in the midst of a stream, raise.
_ENGINE_ERRORS = (DockerException, HTTPError, OSError)


_WITHOUT_NETWORK = (
    "An engine without a network needs Debian's and Python's packages at hand, "
    "in debs/ and wheels/ of a folder that `image build --packages` or CONLINK_PACKAGES names"
)

_ABOUT_A_STEP = re.compile(r" ---> |Removing intermediate container ")
"""What the engine says around the output of a step."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
"""The engine shows in red what a step says on stderr."""


class ImageBuildError(Exception):
    """The image cannot be built. The message is a sentence for the user."""


class StepFailedError(Exception):
    """What was said last, and the engine's own error."""


def is_current(client: APIClient, image: str = IMAGE, base: str | None = None) -> bool:
    """Whether `image` is on the engine and was built from the package as it is now, on `base` where
    that is given.

    Raises `ImageBuildError` where the engine does not answer.
    """
    try:
        labels = client.inspect_image(image)["Config"]["Labels"] or {}
    except ImageNotFound:
        return False
    except _ENGINE_ERRORS as error:
        raise ImageBuildError(f"the engine does not answer: {error}") from error
    return bool(
        labels.get(CONTENT_LABEL)
        == content_hash(own_files(), base or labels.get(_BASE_LABEL, BASE))
    )


def build(
    client: APIClient,
    *,
    image: str = IMAGE,
    base: str = BASE,
    packages: Path | None = None,
    network: str | None = None,
) -> Iterator[str]:
    """Build the network image on the engine of `client` and tell how far it is, line by line.

    This is what `conlink-compose image build` does, and the first `up` on an engine whose image is
    not `is_current`. The image is there when the iterator has ended.

    - `image`: the tag it gets
    - `base`: a Debian or Ubuntu with Python 3.11 or later; pulled if the engine lacks it
    - `packages`: a folder with `debs/*.deb`, `wheels/*.whl` or both; what it has is not fetched
    - `network`: the engine's network for the build, `none` where all is at hand

    Raises `ImageBuildError`, whose message says what to do, and OSError for `packages`.
    """
    own = own_files()
    at_hand = files_at_hand(packages) if packages else {}
    yield from _have_base(client, base)
    context = io.BytesIO(archive({**own, **at_hand}))
    what = {"tag": image, "buildargs": {"BASE": base}, "labels": _labels(base, own)}
    how = {"network_mode": network, "rm": True, "forcerm": True, "decode": True}
    read = {"fileobj": context, "custom_context": True, "dockerfile": DOCKERFILE}
    try:
        yield from lines_of(client.build(**read, **what, **how))
    except (*_ENGINE_ERRORS, StepFailedError) as error:
        advice = "" if at_hand else f". {_WITHOUT_NETWORK}"
        raise ImageBuildError(f"the image {image} cannot be built: {error}{advice}") from error


def _labels(base: str, own: Files) -> dict[str, str]:
    """Those that the Dockerfile does not know."""
    return {
        "org.opencontainers.image.version": __version__,
        _BASE_LABEL: base,
        CONTENT_LABEL: content_hash(own, base),
    }


def _have_base(client: APIClient, base: str) -> Iterator[str]:
    """Pull `base`, unless it is there."""
    try:
        client.inspect_image(base)
        return
    except ImageNotFound:
        yield f"pulling {base}"
    except _ENGINE_ERRORS as error:
        raise ImageBuildError(f"the engine does not answer: {error}") from error
    try:
        yield from lines_of(client.pull(base, stream=True, decode=True))
    except (*_ENGINE_ERRORS, StepFailedError) as error:
        raise ImageBuildError(
            f"the base image {base} is not on this engine and cannot be pulled: {error}. "
            "Load it (`docker load`), or name a Debian or Ubuntu image that is there as the base"
        ) from error


def lines_of(messages: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The engine's messages as lines. Raises `StepFailedError` for the one that is an error.

    What a step writes comes in pieces, wherever its writes happened to be cut: a line may come in
    two. What the engine itself says of a layer has no end of line at all.
    """
    last, begun = "nothing was said", ""
    for message in messages:
        if "error" in message:
            last = begun.strip() or last
            raise StepFailedError(f"{last} ({message['error']})")
        if message.get("progressDetail"):  # a bar that moves
            continue
        status = message.get("status")
        said = str(message.get("stream") or (f"{status}\n" if status else ""))
        *lines, begun = (begun + _COLOUR.sub("", said)).split("\n")
        for line in lines:
            if line.strip():
                last = last if _ABOUT_A_STEP.match(line) else line.strip()
                yield line.rstrip()
    if begun.strip():
        yield begun.rstrip()
