"""The first `up` on an engine that has no image of ours builds one, and says so."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.errors import ImageNotFound

from conlink_compose import __version__
from tests.docker.conftest import CHECKOUT, PACKAGES, Engine
from tests.docker.lab import Lab, lab_of

FILE = """
services:
  a:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""
TAG = "conlink-compose:0.0.0-first-up"


@pytest.fixture
def another_version(tmp_path: Path) -> Path:
    """A package whose image no other test knows, laid out as the checkout."""
    for folder in ("conlink_compose", "schemas"):
        shutil.copytree(CHECKOUT / folder, tmp_path / folder)
    module = tmp_path / "conlink_compose" / "__init__.py"
    text = module.read_text()
    module.write_text(text.replace(f'"{__version__}"', '"0.0.0-first-up"'))
    assert module.read_text() != text
    return tmp_path


@pytest.fixture
def lab(engine: Engine, network_image: str, another_version: Path, tmp_path: Path) -> Iterator[Lab]:
    del network_image  # whose layers are those of this one, but for the package
    folder = tmp_path / "lab"
    folder.mkdir()
    environment = {"PYTHONPATH": str(another_version), "CONLINK_PACKAGES": str(PACKAGES)}
    with lab_of(engine, folder, FILE, **environment) as made:
        yield made
    engine.client.remove_image(TAG, force=True)


def test_it_builds_the_image_and_the_second_does_not(lab: Lab, engine: Engine) -> None:
    with pytest.raises(ImageNotFound):
        engine.client.inspect_image(TAG)
    first = lab.up().stderr
    assert f"building the image {TAG} of the network service, once" in first
    assert re.search(r"^Step \d+/\d+ : ", first, re.MULTILINE), "how far it is"
    assert "1 of 1 links" in first
    again = lab.up().stderr
    assert "building" not in again
    assert "1 of 1 links" in again
