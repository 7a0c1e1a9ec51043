"""Compose itself takes what is rendered: v1 and v2, as far as they take the file without it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from conlink_compose.render.injected import CAPABILITIES, ROLE, injected
from conlink_compose.render.override import override
from conlink_compose.render.pack import portable, unpack
from conlink_compose.topology import Bridge, RuntimeOptions, Topology
from tests.render.cases import AROUND, ENVIRONMENT, RENDERED, WRITTEN, cases

pytestmark = pytest.mark.docker

PROGRAMS = {"1.25.4": 12, "1.29.2": 36, "2.40.3": 36}
"""Versions, and how many of the files each takes at least."""
BIN = Path(__file__).parents[2] / ".cache" / "docker" / "bin"
"""Where `.ci/engine start` puts a Compose of each version."""


each_program = pytest.mark.parametrize("version", sorted(PROGRAMS))


def config(version: str, *files: Path) -> dict[str, Any] | None:
    """What `config` says of the files; None where it refuses them."""
    program = BIN / f"docker-compose-{version}"
    assert program.exists(), "`.ci/engine start` brings it"
    words = [word for file in files for word in ("-f", str(file))]
    done = subprocess.run(
        [program, *words, "config"],
        env={"PATH": os.environ["PATH"], "COMPOSE_PROJECT_NAME": "lab", **ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return yaml.safe_load(done.stdout) if done.returncode == 0 else None


REFUSED_BEFORE = ("empty-services",)
"""Compose wants at least one service; the additions are two."""


@each_program
def test_it_takes_what_is_rendered(version: str) -> None:
    taken = 0
    for case in cases():
        refused = config(version, case.folder / WRITTEN) is None
        if refused and case.folder.name not in REFUSED_BEFORE:
            continue
        rendered = config(version, case.folder / RENDERED)
        assert rendered is not None, case.folder
        check(rendered, portable(case.topology(WRITTEN)))
        taken += 1
    assert taken >= PROGRAMS[version]


@each_program
@pytest.mark.parametrize("file_format", ["2", "2.1", "2.3", "2.4", "3", "3.3", "3.7", None])
def test_it_takes_the_override_in_every_file_format(
    version: str, file_format: str | None, tmp_path: Path
) -> None:
    user = tmp_path / "compose.yaml"
    text = "services: {a: {image: alpine}}\nnetworks: {out: {}}\n"
    user.write_text(f'version: "{file_format}"\n{text}' if file_format else text)
    for runtime in (RuntimeOptions(), RuntimeOptions(ports=("22:22",), networks=("out",))):
        topology = Topology("lab", bridges=(Bridge("b"),), runtime=runtime)
        added = override_for(topology, file_format, frozenset("a"), tmp_path)
        merged = config(version, user, added)
        if version == "1.25.4" and file_format is None:
            assert merged is None  # it takes such a file for one without services
        else:
            assert merged is not None
            check(merged, topology)


def override_for(
    topology: Topology, version: str | None, names: frozenset[str], folder: Path
) -> Path:
    services, _ = injected(topology, replace(AROUND, version=version, taken=names))
    assert services
    file = folder / "override.yaml"
    file.write_text(override(services, version))
    return file


def check(tree: dict[str, Any], topology: Topology) -> None:
    """Both services are in it, and carry the topology."""
    services = [
        service for service in tree["services"].values() if ROLE in service.get("labels", {})
    ]
    roles = {service["labels"][ROLE]: service for service in services}
    assert set(roles) == {"hub", "runtime"}
    assert unpack(roles["runtime"]["environment"]) == topology
    assert sorted(roles["runtime"]["cap_add"]) == sorted(CAPABILITIES)
