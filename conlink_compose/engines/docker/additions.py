"""What is added to a project: a file of our own behind the user's, and the image it names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from docker.errors import ImageNotFound

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.document.tree import Map
from conlink_compose.engines.docker import DockerRefusedError, labels
from conlink_compose.engines.docker.api import sentences
from conlink_compose.engines.docker.compose import ComposeProgram, find
from conlink_compose.image.build import BASE, IMAGE, ImageBuildError, build, is_current
from conlink_compose.render.injected import SOCKET, Services, Surroundings, injected, role_of
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
        self.services: tuple[str, ...] = ()

    def add(
        self, topology: Topology, document: Document, say: Callable[[str], None]
    ) -> list[Diagnostic]:
        version = document.tree.get("version")
        around = Surroundings(
            topology.runtime.image or IMAGE,
            version=None if version is None else str(version),
            taken=frozenset(document.names),
            socket=os.environ.get("CONLINK_SOCKET") or SOCKET,
            log_format=os.environ.get("CONLINK_LOG_FORMAT", "text"),
        )
        services, problems = _missing(topology, document, around)
        if services:
            if topology.runtime.image is None:
                self._have_image(say)
            around = replace(around, hub_image=self._hub_image(around.image))
            services, problems = _missing(topology, document, around)
        if services:
            said = around.version if self._compose().wants_versions else None
            _write(self._file, override(services, said))
        elif services is not None and self._file.exists():
            self.forget()
        self.services = tuple(services or ())
        return problems

    def added(self) -> str | None:
        return str(self._file) if self._file.exists() else None

    def keep(self, text: str) -> str:
        kept = self._file.with_name("standard-input.yaml")
        _write(kept, text)
        return str(kept)

    def forget(self) -> None:
        """The containers too, which Compose leaves where it did not get the file: another user's
        `down`, or the file of a user who has taken `x-conlink` out."""
        for container in self._ours():
            self._api().remove_container(container["Id"], force=True)
        for name in ("network.yaml", "standard-input.yaml"):
            self._file.with_name(name).unlink(missing_ok=True)
        for folder in (self._file.parent, self._file.parent.parent):
            try:
                folder.rmdir()
            except OSError:
                return

    def _ours(self) -> list[Any]:
        filters = {"label": [f"{labels.PROJECT}={self._project}", labels.ROLE]}
        with sentences():
            return list(self._api().containers(all=True, filters=filters))

    def become(self, words: Sequence[str]) -> NoReturn:
        self._compose().become(words)

    def run(self, words: Sequence[str]) -> int:
        return self._compose().run(words)

    def output(self, words: Sequence[str]) -> str:
        return self._compose().output(words)

    def build_image(self, base: str | None, packages: Path | None) -> Iterator[str]:
        try:
            yield from build(self._api(), base=base or BASE, packages=packages)
        except ImageBuildError as error:
            raise DockerRefusedError(str(error)) from error

    def _compose(self) -> ComposeProgram:
        self._program = self._program or find()
        return self._program

    def _have_image(self, say: Callable[[str], None]) -> None:
        """Built from this very package, where the engine has none or an older one."""
        try:
            if not is_current(self._api()):
                say(f"building the image {IMAGE} of the network service, once")
                packages = os.environ.get("CONLINK_PACKAGES")
                for line in build(self._api(), packages=Path(packages) if packages else None):
                    say(line)
        except ImageBuildError as error:
            raise DockerRefusedError(str(error)) from error

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


def _missing(
    topology: Topology, document: Document, around: Surroundings
) -> tuple[Services | None, list[Diagnostic]]:
    """What is to be added; nothing to a file in which it stands already, as `render` writes it."""
    services = document.tree.get("services")
    if isinstance(services, Map) and any(map(role_of, services.values())):
        return {}, []
    return injected(portable(topology), around)


def _write(file: Path, text: str) -> None:
    """All of it or nothing. What it says is the user's, and nobody else's to read."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def _state_home() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
