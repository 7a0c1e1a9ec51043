"""What is packed is unpacked; what is damaged or too large is told so."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import fields, is_dataclass
from ipaddress import ip_interface

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.render import pack as packing
from conlink_compose.render.pack import CHUNK, MOST_CHUNKS, PREFIX, pack, portable, unpack
from conlink_compose.topology import Bridge, Endpoint, Link, Owner, Service, Topology
from tests.language import reading


# A few will do: test_topology_json.py shows that a topology survives as text; this is of chunks.
@settings(max_examples=15, deadline=None)
@given(st.from_type(Topology), st.sampled_from([4, 64, 4096]))
def test_what_is_packed_is_unpacked(topology: Topology, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", chunk)
        patch.setattr(packing, "MOST_CHUNKS", 10**6)
        variables, problems = pack(topology)
    assert variables is not None
    assert not problems
    assert list(variables) == [f"{PREFIX}{n}" for n in range(len(variables))]
    assert all(0 < len(value) <= chunk for value in variables.values())
    # repr, because a float that is no number does not equal itself.
    assert repr(unpack({"HOME": "/", **variables})) == repr(topology)


def many_links(count: int) -> Topology:
    links = tuple(
        Link(
            "veth",
            Endpoint(
                Owner("service", f"node{n}"),
                "eth0",
                (ip_interface(f"10.{n >> 8}.{n & 255}.1/24"),),
                mtu=9000,
            ),
            bridge=f"lan{n % 7}",
        )
        for n in range(count)
    )
    return Topology("lab", links=links)


def test_two_thousand_links_travel_through_a_real_process() -> None:
    topology = many_links(2000)
    variables, _ = pack(topology)
    assert variables is not None
    script = "import os; from conlink_compose.render.pack import unpack as u; print(u(os.environ))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{topology}\n"


def test_the_kernel_carries_the_most_that_is_packed() -> None:
    full = {f"{PREFIX}{n}": "x" * CHUNK for n in range(MOST_CHUNKS)}
    subprocess.run(["true"], env={**os.environ, **full}, check=True)


def test_too_much_is_told_in_a_sentence() -> None:
    noise = random.Random(1)
    bridges = tuple(Bridge(f"{noise.getrandbits(800):x}") for _ in range(20_000))
    variables, problems = pack(Topology("lab", bridges=bridges))
    assert variables is None
    assert [problem.code for problem in problems] == ["topology-too-large"]
    assert "MiB" in problems[0].message
    assert "1.5 are the most" in problems[0].message


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "CONLINK_TOPOLOGY_0 is missing"),
        ({"CONLINK_TOPOLOGY_1": "x"}, "CONLINK_TOPOLOGY_0 is missing"),
        ({"CONLINK_TOPOLOGY_0": "&"}, "do not hold a topology"),
        ({"CONLINK_TOPOLOGY_0": "AAAA"}, "do not hold a topology"),
        ({"CONLINK_TOPOLOGY_0": "eJyrrgUAAXUA+Q=="}, "do not hold a topology"),
    ],
)
def test_other_variables_are_refused(environment: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        unpack(environment)


def test_a_missing_chunk_is_noticed() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", 400)
        variables, _ = pack(many_links(50))
    assert variables is not None
    del variables[f"{PREFIX}1"]
    with pytest.raises(ValueError, match="do not hold a topology"):
        unpack(variables)


def test_portable_is_the_same_without_places_and_services_of_ours() -> None:
    text = reading.compose(a=[{"bridge": "x", "ip": "10.0.0.1/24", "route": "default"}], b={})
    topology = reading.topology(text)
    moved = reading.topology("\n\n" + text)
    assert topology != moved
    assert portable(topology) == portable(moved)
    assert not _names_of_places(portable(topology))
    left = portable(topology, without=["b"]).services
    assert left == (Service(Owner("service", "a")),)


def _names_of_places(value: object) -> list[str]:
    found = []
    if isinstance(value, tuple):
        found += [name for item in value for name in _names_of_places(item)]
    if is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            found += [field.name] if field.name in ("span", "places") and inner else []
            found += _names_of_places(inner)
    return found
