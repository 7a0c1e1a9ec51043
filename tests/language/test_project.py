"""Who may be named: also containers of others, where the engine has any."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conlink_compose.compose.locate import Request
from conlink_compose.reading import Reading, read
from conlink_compose.topology import Owner

TEXT = """
x-conlink:
  hosts: {{h1: {{}}}}
  links: [{{container: {name}, bridge: lan, dev: x0, ip: 10.0.0.9/24}}]
  commands: [{{container: {name}, command: id}}]
services:
  web: {{network_mode: none, scale: 2}}
"""


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    return Request({}, str(tmp_path), ("compose.yaml",), "lab", containers_outside=True)


def naming(name: str, request: Request, text: str = TEXT) -> Reading:
    Path(request.working_directory, "compose.yaml").write_text(text.format(name=name))
    return read(request)


@pytest.mark.parametrize("name", ["other_box", "web-x", "db-1", "Web.1"])
def test_a_container_outside_the_project(name: str, request_: Request) -> None:
    topology = naming(name, request_).topology
    assert topology
    owner = Owner("container", name)
    assert [link.near.owner for link in topology.links] == [owner]
    assert [command.owner for command in topology.commands] == [owner]
    assert [str(service.owner) for service in topology.services] == [
        *("web", "host h1"),
        f"container {name}",
    ]


def test_where_the_engine_has_none_it_is_a_mistake(request_: Request) -> None:
    alone = replace(request_, containers_outside=False)
    assert {one.code for one in naming("other_box", alone).diagnostics} == {"unknown-container"}


@pytest.mark.parametrize("name", ["web-3", "lab-web-3", "lab_web_3", "-x", "a b", "x"])
def test_a_name_that_is_none_of_others(name: str, request_: Request) -> None:
    told = naming(f'"{name}"', request_).diagnostics
    assert {one.code for one in told} == {"unknown-container"}, told


@pytest.mark.parametrize("name", ["web-2", "lab-web-2", "lab_web_2"])
def test_a_container_of_the_project_is_no_other(name: str, request_: Request) -> None:
    topology = naming(name, request_).topology
    assert topology
    assert topology.links[0].near.owner == Owner("container", "web-2")
    assert len(topology.services) == 2


def test_a_host_of_that_name(request_: Request) -> None:
    told = naming("h1", request_).diagnostics
    assert {one.code for one in told} == {"name-twice"}
    assert len(told) == 1


def test_an_address_that_its_own_engine_may_have_given_it(request_: Request) -> None:
    """A route's `src` may be one of the container's Docker network."""
    text = TEXT.replace(
        "ip: 10.0.0.9/24", "ip: 10.0.0.9/24, route: 10.9.0.0/16 via 10.0.0.1 src 172.17.0.2"
    )
    assert naming("other_box", request_, text).topology
