"""What is added to a project: a file of our own behind the user's, and the image it names."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from docker.errors import ImageNotFound

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.engines.docker import DockerRefusedError, labels
from conlink_compose.engines.docker.api import sentences
from conlink_compose.engines.docker.compose import ComposeProgram, find
from conlink_compose.image.build import IMAGE, ImageBuildError, build, is_current
from conlink_compose.render.injected import SOCKET, Surroundings, injected
from conlink_compose.render.override import override
from conlink_compose.render.pack import portable
from conlink_compose.topology import Topology


class Additions:
    """A `Compose`. The file stays where it is for as long as the project is up: Compose keeps its
    path in a label, and reads it again at each verb."""

    def __init__(self, project: str, api: Callable[[], Any]) -> None:
        self._project, self._api = project, api
        self._file = _state_home() / "conlink-compose" / project / "network.yaml"
        self._program: ComposeProgram | None = None

    def add(
        self, topology: Topology, document: Document, say: Callable[[str], None]
    ) -> list[Diagnostic]:
        image = topology.runtime.image or self._own_image(say)
        version = document.tree.get("version")
        around = Surroundings(
            image,
            hub_image=self._hub_image(image),
            version=None if version is None else str(version),
            taken=frozenset(document.names),
            socket=os.environ.get("CONLINK_SOCKET") or SOCKET,
            log_format=os.environ.get("CONLINK_LOG_FORMAT", "text"),
        )
        services, problems = injected(portable(topology), around)
        if services:
            self._write(override(services, around.version))
        elif services is not None:
            self.forget()
        return problems

    def added(self) -> str | None:
        return str(self._file) if self._file.exists() else None

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)
        for folder in (self._file.parent, self._file.parent.parent):
            try:
                folder.rmdir()
            except OSError:
                return

    def become(self, words: Sequence[str]) -> NoReturn:
        self._compose().become(words)

    def run(self, words: Sequence[str]) -> int:
        return self._compose().run(words)

    def _compose(self) -> ComposeProgram:
        self._program = self._program or find()
        return self._program

    def _write(self, text: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._file)

    def _own_image(self, say: Callable[[str], None]) -> str:
        """Built from this very package, where the engine has none or an older one."""
        try:
            if not is_current(self._api()):
                say(f"building the image {IMAGE} of the network service, once")
                for line in build(self._api()):
                    say(line)
        except ImageBuildError as error:
            raise DockerRefusedError(str(error)) from error
        return IMAGE

    def _hub_image(self, image: str) -> str:
        """The image that the hub runs already; else that of `image` by its id: neither a new tag
        nor a new build shall make Compose replace the hub, and with it every link."""
        with sentences():
            for hub in self._api().containers(
                all=True,
                filters={
                    "label": [f"{labels.PROJECT}={self._project}", f"{labels.ROLE}={labels.HUB}"]
                },
            ):
                return str(hub["ImageID"])
            try:
                return str(self._api().inspect_image(image)["Id"])
            except ImageNotFound:
                return image


def _state_home() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
