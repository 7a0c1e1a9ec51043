"""The services that are added: what they may, what they are called, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conlink_compose.render.injected import (
    CAPABILITIES,
    HUB_COMMAND,
    ROLE,
    Services,
    Surroundings,
    injected,
    role_of,
)
from conlink_compose.render.pack import unpack
from conlink_compose.topology import (
    Bridge,
    Endpoint,
    Forward,
    Link,
    Owner,
    RuntimeOptions,
    Service,
    Topology,
)

AROUND = Surroundings("conlink-compose:0.1")
SMALL = Topology("lab", bridges=(Bridge("b"),))


def added(topology: Topology = SMALL, around: Surroundings = AROUND, **options: Any) -> Services:
    topology = replace(topology, runtime=RuntimeOptions(**options))
    services, problems = injected(topology, around)
    assert services is not None, problems
    assert not problems
    return services


def test_the_hub_may_nothing() -> None:
    hub = added()["conlink-hub"]
    assert hub["cap_drop"] == ["ALL"]
    assert "cap_add" not in hub
    assert hub["network_mode"] == "none"
    assert hub["read_only"] is True
    assert hub["security_opt"] == ["no-new-privileges:true"]
    assert not {"volumes", "pid", "environment", "privileged"} & set(hub)


def test_the_runtime_may_what_it_needs_and_no_more() -> None:
    runtime = added()["conlink"]
    assert runtime["cap_drop"] == ["ALL"]
    assert runtime["cap_add"] == ["SYS_ADMIN", "NET_ADMIN", "NET_BROADCAST", "SYS_PTRACE"]
    assert all(CAPABILITIES.values())
    assert runtime["pid"] == "host"
    assert runtime["network_mode"] == "none"
    assert runtime["read_only"] is True
    assert runtime["tmpfs"] == ["/run/conlink-compose"]
    assert runtime["security_opt"] == ["no-new-privileges:true", "apparmor:unconfined"]
    assert runtime["restart"] == "unless-stopped"
    assert runtime["depends_on"] == ["conlink-hub"]
    assert "privileged" not in runtime


def test_the_topology_travels() -> None:
    topology = replace(SMALL, runtime=RuntimeOptions(log_level="debug", gate=False))
    services = added(topology, log_level="debug", gate=False)
    assert unpack(services["conlink"]["environment"]) == topology


def test_a_change_of_the_topology_changes_only_the_runtime() -> None:
    before, after = added(), added(replace(SMALL, bridges=(Bridge("c"),)))
    assert before["conlink-hub"] == after["conlink-hub"]
    assert before["conlink"] != after["conlink"]


def test_ports_and_networks_are_the_hubs() -> None:
    services = added(ports=("22:22",), networks=("front", "back"))
    hub = services["conlink-hub"]
    assert hub["ports"] == ["22:22"]
    assert hub["networks"] == ["front", "back"]
    assert "network_mode" not in hub
    assert services["conlink"]["network_mode"] == "none"
    assert "network_mode" not in added(ports=("22:22",))["conlink-hub"]


def forwarding(replicas: int, *forward: Forward) -> Topology:
    web = Owner("service", "web")
    link = Link("veth", Endpoint(web, "eth0"), bridge="b", forward=forward)
    return replace(SMALL, services=(Service(web, replicas),), links=(link,))


def test_what_is_forwarded_is_published() -> None:
    hub = added(forwarding(2, Forward(8080, 80, "tcp"), Forward(53, 5353, "udp")))["conlink-hub"]
    assert hub["ports"] == ["8080:8080", "8081:8081", "53:53/udp", "54:54/udp"]
    assert "network_mode" not in hub


def test_what_a_user_publishes_himself_is_not_published_twice() -> None:
    ports = ("127.0.0.1:9000:8080", "7000-7001:8081-8082/tcp", "8083:8083/udp")
    services = added(forwarding(4, Forward(8080, 80, "tcp")), ports=ports)
    assert services["conlink-hub"]["ports"] == [*ports, "8083:8083"]


def test_images_and_the_socket() -> None:
    around = replace(AROUND, socket="/run/user/1000/docker.sock", hub_image="sha256:abc")
    services = added(around=around, image="mine:2")
    assert services["conlink"]["image"] == "mine:2"
    assert services["conlink-hub"]["image"] == "sha256:abc"
    [mounted] = services["conlink"]["volumes"]
    assert mounted == "/run/user/1000/docker.sock:/var/run/docker.sock"
    assert added()["conlink-hub"]["image"] == AROUND.image


@pytest.mark.parametrize(
    ("version", "has"), [(None, True), ("2", False), ("2.0", False), ("2.1", True), ("3", True)]
)
def test_a_file_of_version_2_knows_no_healthcheck(version: str | None, has: bool) -> None:
    runtime = added(around=replace(AROUND, version=version))["conlink"]
    assert ("healthcheck" in runtime) == has


def test_names_meet_nobody() -> None:
    topology = replace(SMALL, services=(Service(Owner("host", "conlink-2-hub")),))
    around = replace(AROUND, taken=frozenset({"conlink", "web"}))
    assert list(added(topology, around)) == ["conlink-3-hub", "conlink-3"]
    assert list(added(name="net")) == ["net-hub", "net"]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("web", "runtime-name-taken", "there is a service web already"),
        ("db", "runtime-name-taken", "there is a service db-hub already"),
        ("a b", "bad-runtime-name", "cannot be the name of a service"),
    ],
)
def test_a_name_that_a_user_chose_is_not_exchanged(name: str, code: str, words: str) -> None:
    topology = replace(SMALL, runtime=RuntimeOptions(name=name))
    around = replace(AROUND, taken=frozenset({"web", "db-hub"}))
    services, problems = injected(topology, around)
    assert services is None
    assert [problem.code for problem in problems] == [code]
    assert words in problems[0].message


def test_nothing_is_added_where_nothing_is_needed() -> None:
    assert added(written_by="net") == {}
    assert added(Topology("lab", services=(Service(Owner("service", "web")),))) == {}
    assert added(Topology("lab", services=(Service(Owner("host", "h1")),)))


def test_ours_are_known_by_their_label() -> None:
    for name, service in added().items():
        assert role_of(service) == ("hub" if name.endswith("-hub") else "runtime")
    assert role_of({"labels": [f"{ROLE}=hub"]}) == "hub"
    for other in (None, {}, {"labels": None}, {"labels": {"a": "b"}}, {"labels": {ROLE: "x"}}):
        assert role_of(other) is None


@pytest.mark.root
def test_the_hub_ends_at_once_when_it_is_told_to_as_pid_1() -> None:
    words = ["unshare", "--pid", "--fork", "--kill-child", *HUB_COMMAND]
    with subprocess.Popen(words) as process:
        child = _only_child(process.pid)
        started = time.monotonic()
        os.kill(child, signal.SIGTERM)
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - started < 1


def _only_child(pid: int) -> int:
    """The child, when it has set its trap: from then on it has a child of its own."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        child = _children(pid)
        if child and _children(child[0]):
            return child[0]
        time.sleep(0.01)
    raise AssertionError("the command has not started")


def _children(pid: int) -> list[int]:
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in words.split()]
