"""`conlink-compose` typed where `docker-compose` was, with each of its versions."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.wrapper.test_words import FLAGS, WITH_VALUE
from tests.docker.conftest import PACKAGES, Compose, Engine
from tests.docker.lab import lab_of

SERVICES = """services:
  a:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    image: busybox
    network_mode: none
    stop_signal: KILL
    command: sleep 1000
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""
MORE = "services: {b: {x-conlink: {links: [{bridge: wan, dev: eth1, ip: 10.1.0.2/24}]}}}\n"


class Lab:
    """A project of a name of its own, in a folder of its own."""

    def __init__(self, folder: Path, compose: Compose) -> None:
        self.folder, self.compose = folder / "lab", compose
        self.folder.mkdir()
        self.name = f"wrapper-{uuid.uuid4().hex[:8]}"
        self.state = folder / "state"
        self.write(SERVICES)

    def write(self, text: str, name: str = "docker-compose.yaml") -> None:
        version = "" if self.compose.version[0] == "2" else 'version: "2.4"\n'
        (self.folder / name).write_text(version + text)

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-m", "conlink_compose", *words], check)

    def plain(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Compose by itself."""
        return self._run([str(self.compose.program), *words], True)

    def _run(self, argv: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        environment = {
            **self.compose.engine.environment,
            "CONLINK_ENGINE": "docker",
            "CONLINK_COMPOSE": str(self.compose.program),
            "COMPOSE_PROJECT_NAME": self.name,
            "XDG_STATE_HOME": str(self.state),
            "CONLINK_PACKAGES": str(PACKAGES),
        }
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def running(self) -> set[str]:
        """The services of which a container runs."""
        return {one["Labels"]["com.docker.compose.service"] for one in self.containers()}

    def containers(self, *, ended: bool = False) -> list[dict[str, dict[str, str]]]:
        label = f"com.docker.compose.project={self.name}"
        found: list[dict[str, dict[str, str]]] = self.compose.engine.client.containers(
            all=ended, filters={"label": label}
        )
        return found

    def ping(self, address: str = "10.0.0.2") -> None:
        self.run("exec", "-T", "a", "ping", "-c", "1", "-W", "2", address)


@pytest.fixture
def lab(tmp_path: Path, compose: Compose, network_image: str) -> Iterator[Lab]:
    made = Lab(tmp_path, compose)
    yield made
    for container in made.containers(ended=True):
        compose.engine.client.remove_container(container["Id"], force=True)


def test_from_up_to_down(lab: Lab) -> None:
    up = lab.run("up", "-d")
    assert f"{lab.name}: up: 2 of 2 nodes, 2 of 2 links in" in up.stderr
    assert "10.0.0.1/24" in up.stdout
    lab.ping()
    status = json.loads(lab.run("status", "--format", "json").stdout)
    assert {node["name"] for node in status} == {"a-1", "b-1"}
    assert "conlink" in lab.run("ps").stdout
    assert lab.run("exec", "-T", "a", "sh", "-c", "exit 7", check=False).returncode == 7
    assert lab.run("run", "--rm", "b", "sh", "-c", "exit 9", check=False).returncode == 9
    assert lab.run("plan").stdout == f"{lab.name}: nothing to do\n"
    lab.run("down", "-v", "--remove-orphans")
    assert not lab.containers(ended=True)
    assert not list(lab.state.rglob("*.yaml"))


def test_a_service_that_is_named_is_linked_too(lab: Lab) -> None:
    lab.run("up", "-d", "a")
    assert lab.running() == {"a", "conlink", "conlink-hub"}
    lab.run("stop")
    assert not lab.running()
    lab.run("start", "a")
    assert lab.running() == {"a", "conlink", "conlink-hub"}
    lab.run("up", "-d", "--scale", "b=2")
    assert len(lab.containers()) == 5


def test_a_service_that_is_named_switches_its_profile_on(lab: Lab) -> None:
    lab.write(SERVICES.replace("  b:\n", "  b:\n    profiles: [debug]\n"))
    if lab.compose.version == "1.25.4":
        assert "Unsupported config option" in lab.run("up", "-d", check=False).stderr
        return
    assert "1 of 1 links" in lab.run("up", "-d").stderr
    assert lab.running() == {"a", "conlink", "conlink-hub"}
    lab.run("up", "-d", "b")
    lab.ping()
    assert lab.run("plan").stdout == f"{lab.name}: nothing to do\n"
    assert "2 of 2 links" in lab.run("up", "-d").stderr, "what runs is declared, as Compose sees it"
    lab.ping()
    lab.run("--profile", "debug", "down", "-t", "0")
    assert not lab.containers(ended=True)


def test_our_own_image_is_not_pulled(lab: Lab) -> None:
    """No registry has it, and here none answers."""
    build = "build: {context: ., dockerfile_inline: FROM busybox}\n    "
    lab.write(SERVICES.replace("image: busybox", f"{build}image: {lab.name}"))
    up = lab.run("up", "-d", "--pull", "always", check=False)
    if lab.compose.version != "2.40.3":
        assert up.returncode == 1, "before v2 `up` has no such option"
        return
    assert "2 of 2 links" in up.stderr, up.stderr
    lab.run("down", "-t", "0", "--rmi", "local")


def test_what_is_added_makes_compose_warn_of_nothing(
    engine: Engine, network_image: str, tmp_path: Path
) -> None:
    del network_image
    text = f'version: "3"\n{SERVICES}'
    with lab_of(engine, tmp_path, text, CONLINK_COMPOSE="docker compose") as plugin:
        up = plugin.up().stderr
    assert up.count("`version` is obsolete") == 1, "of the user's own"
    assert "2 of 2 links" in up


def test_a_mistake_stops_up_and_nothing_else(lab: Lab) -> None:
    lab.run("up", "-d")
    before = [container["Id"] for container in lab.containers()]
    lab.write(SERVICES.replace("bridge", "brige", 1))
    refused = lab.run("up", "-d", "--force-recreate", check=False)
    assert refused.returncode == 1
    assert "^^^^^" in refused.stderr
    assert [container["Id"] for container in lab.containers()] == before
    assert "conlink" in lab.run("ps").stdout
    lab.run("logs", "a")
    lab.run("down", "-t", "0")
    assert not lab.containers(ended=True)


def test_who_takes_x_conlink_out_has_plain_compose_again(lab: Lab) -> None:
    lab.run("up", "-d")
    lab.write("".join(line for line in SERVICES.splitlines(True) if "x-conlink" not in line))
    lab.run("up", "-d")
    assert lab.running() == {"a", "b"}
    assert not list(lab.state.rglob("*.yaml"))
    lab.run("down", "-t", "0")


def test_down_without_our_file_leaves_no_container_of_ours(lab: Lab) -> None:
    lab.run("up", "-d")
    (file,) = lab.state.rglob("network.yaml")
    file.unlink()
    lab.run("down", "-t", "0")
    assert not lab.containers(ended=True)


def test_what_is_rendered_of_one_file_needs_only_compose(lab: Lab) -> None:
    rendered = lab.run("render").stdout
    assert all(
        line in rendered for line in (lab.folder / "docker-compose.yaml").read_text().splitlines()
    )
    (lab.folder / "out.yaml").write_text(rendered)
    assert lab.run("-f", "out.yaml", "render").stdout == rendered
    lab.plain("-f", "out.yaml", "up", "-d")
    _until_linked(lab)
    lab.ping()
    lab.run("-f", "out.yaml", "up", "-d")
    assert lab.running() == {"a", "b", "conlink", "conlink-hub"}, "not a second network service"
    lab.run("-f", "out.yaml", "down", "-t", "0")
    assert not lab.containers(ended=True)


def test_several_files_are_rendered_by_way_of_compose(lab: Lab) -> None:
    lab.write(MORE, "more.yaml")
    files = ["-f", "docker-compose.yaml", "-f", "more.yaml"]
    rendered = lab.run(*files, "render").stdout
    assert rendered.startswith(
        "# Rendered by conlink-compose from docker-compose.yaml, more.yaml.\n"
    )
    (lab.folder / "out.yaml").write_text(rendered)
    assert lab.run("-f", "out.yaml", "render").stdout == rendered
    lab.plain("-f", "out.yaml", "up", "-d")
    _until_linked(lab)
    interfaces = lab.plain("-f", "out.yaml", "exec", "-T", "b", "ip", "-o", "address").stdout
    assert "10.0.0.2/24" in interfaces
    assert "10.1.0.2/24" in interfaces
    lab.plain("-f", "out.yaml", "down", "-t", "0")


def test_the_image_is_built_of_packages_at_hand(lab: Lab) -> None:
    built = lab.run("image", "build", "--packages", str(PACKAGES))
    assert "Successfully tagged conlink-compose" in built.stdout


def test_the_program_has_the_options_that_we_know(compose: Compose) -> None:
    text = compose("--help", cwd=Path("/")).stdout
    options = text.partition("Options:")[2].partition("Commands:")[0]
    with_value, flags = set(), set()
    for line in options.splitlines():
        found = re.match(r" +((?:-\w, )? *--[a-z-]+)(?: (\w+|\(.*?\)))?(  |$)", line)
        if found:
            (with_value if found[2] else flags).update(found[1].replace(",", "").split())
    assert with_value == set(WITH_VALUE[compose.version].split())
    assert flags - {"-v", "--version"} == set(FLAGS[compose.version].split())


def _until_linked(lab: Lab) -> None:
    """What `up -d` of ours waits for by itself."""
    lab.plain(
        *("-f", "out.yaml", "exec", "-T", "b", "sh", "-c"),
        "for i in $(seq 100); do ip -o address | grep -q 10.0.0.2 && exit; sleep 0.1; done; exit 1",
    )
