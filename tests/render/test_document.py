"""What people write is kept byte for byte, and what is added says what it should."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.render.document import diff, render
from conlink_compose.render.injected import ROLE, injected
from conlink_compose.render.pack import portable, unpack
from conlink_compose.topology import Bridge, RuntimeOptions, Topology
from tests.language import reading
from tests.render.cases import AROUND, RENDERED, WRITTEN, Case, cases, unpacked

ALL = cases()
ON_ONE_LINE = ("flow-on-one-line", "braces-without-services")
"""Here a line must become a longer one."""
NOT_FOR_PYTHON = ("tabs-in-comments",)
"""ruamel.yaml and PyYAML without libyaml take no tab before a comment; Compose v2 does."""
every_case = pytest.mark.parametrize("case", ALL, ids=lambda case: case.folder.name)


def test_there_are_thirty_files() -> None:
    assert len(ALL) >= 30


@every_case
def test_the_golden_text(case: Case) -> None:
    assert unpacked(case.render()) == unpacked(case.text(RENDERED))


@every_case
def test_one_stretch_is_added_and_nothing_else(case: Case) -> None:
    text, rendered = case.text(WRITTEN), case.render()
    start = next(n for n in range(len(rendered)) if text[n : n + 1] != rendered[n])
    added = len(rendered) - len(text)
    # The stretch may begin with characters that also stand behind it.
    assert any(rendered[:n] + rendered[n + added :] == text for n in range(start + 1))


@every_case
def test_the_difference_has_only_additions(case: Case) -> None:
    text, rendered = case.text(WRITTEN), case.render()
    told = diff(text, rendered, "compose.yaml").split("\n")
    assert told[:2] == ["--- compose.yaml", "+++ compose.yaml (rendered)"]
    taken = [line for line in told[2:] if line.startswith("-")]
    assert bool(taken) == (case.folder.name in ON_ONE_LINE)
    assert any("CONLINK_TOPOLOGY_0" in line for line in told if line.startswith("+"))


@every_case
def test_rendering_again_changes_nothing(case: Case) -> None:
    assert case.text(RENDERED) == case.render(RENDERED)


@every_case
def test_every_reader_reads_what_was_meant(case: Case) -> None:
    text, rendered = case.text(WRITTEN), case.render()
    for read in (_by_libyaml, _by_ruamel):
        if read is _by_ruamel and case.folder.name in NOT_FOR_PYTHON:
            continue
        before, after = read(text), read(rendered)
        ours = _taken(after)
        assert {service["labels"][ROLE] for service in ours.values()} == {"hub", "runtime"}
        assert _without_empty(after) == _without_empty(before)
        assert ours == _expected(case, set(before.get("services") or {}))


def test_a_json_file_stays_json() -> None:
    case = next(case for case in ALL if case.folder.name == "json")
    assert _taken(json.loads(case.render())) == _expected(case, {"web", "db"})


@every_case
def test_a_changed_topology_takes_the_place_of_the_former(case: Case) -> None:
    rendered = case.text(RENDERED)
    topology = case.topology(RENDERED)
    changed = replace(topology, bridges=(*topology.bridges, Bridge("another")))
    again, problems = render(rendered, RENDERED, changed, AROUND)
    assert again is not None, problems
    assert again != rendered
    back, problems = render(again, RENDERED, topology, AROUND)
    assert unpacked(back or "") == unpacked(rendered), problems


@every_case
def test_a_topology_that_declares_nothing_takes_them_out(case: Case) -> None:
    bare, problems = render(case.text(RENDERED), RENDERED, Topology("lab"), AROUND)
    assert bare is not None, problems
    before = _by_libyaml(case.text(WRITTEN))
    assert _without_empty(_by_libyaml(bare)) == _without_empty(before)


def test_a_network_service_written_by_hand_is_left_alone() -> None:
    text = "services:\n  net: {image: x}\n"
    topology = Topology("lab", bridges=(Bridge("b"),), runtime=RuntimeOptions(written_by="net"))
    assert render(text, "f", topology, AROUND) == (text, [])
    assert diff(text, text, "f") == ""


SMALL = Topology("lab", bridges=(Bridge("b"),))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x-all: &all\n  a: {image: x}\nservices: *all\n", "no place"),
        ("x-all: &all\n  services: {a: {image: x}}\n<<: *all\n", "read differently"),
        ("services: ~\nvolumes:\n", "no place"),
        ("services: &x\nvolumes: *x\n", "no place"),
        (
            "services:\n  a: {labels: [conlink-compose.role=hub]}\n  b: {}\n"
            "  c: {labels: {conlink-compose.role: runtime}}\n",
            "do not stand together",
        ),
    ],
)
def test_where_it_cannot_be_done_nothing_is_written(text: str, reason: str) -> None:
    rendered, problems = render(text, "f.yaml", SMALL, AROUND)
    assert rendered is None
    assert [problem.code for problem in problems] == ["cannot-render"]
    assert reason in problems[0].message
    assert problems[0].help


def test_what_is_no_yaml_is_told_so() -> None:
    rendered, problems = render("a: [", "f.yaml", SMALL, AROUND)
    assert rendered is None
    assert isinstance(problems[0], Diagnostic)
    assert problems[0].code == "yaml-syntax"


def test_one_that_was_deleted_comes_back_beside_the_other() -> None:
    rendered, _ = render("services:\n  a: {image: x}\n", "f", SMALL, AROUND)
    assert rendered is not None
    tree = _by_libyaml(rendered)
    hub = rendered.index("  conlink-hub:\n")
    runtime = rendered.index("  conlink:\n")
    for text in (rendered[:hub] + rendered[runtime:], rendered[:runtime]):
        again, problems = render(text, "f", SMALL, AROUND)
        assert again is not None, problems
        assert _by_libyaml(again) == tree


def test_what_another_zlib_packed_stays_as_it_is() -> None:
    rendered, _ = render("services:\n  a: {image: x}\n", "f", SMALL, AROUND)
    assert rendered is not None
    packed = yaml.safe_load(rendered)["services"]["conlink"]["environment"]["CONLINK_TOPOLOGY_0"]
    stored = base64.b64encode(zlib.compress(zlib.decompress(base64.b64decode(packed)), 0)).decode()
    assert stored != packed
    other = rendered.replace(packed, stored)
    assert render(other, "f", SMALL, AROUND) == (other, [])


def test_the_places_of_a_link_do_not_travel() -> None:
    text = reading.compose(a=[{"bridge": "x", "ip": "10.0.0.1/24"}])
    topology = reading.topology(text)
    rendered, _ = render(text, "f", topology, AROUND)
    tree = json.loads(rendered or "")
    carried = unpack(tree["services"]["conlink"]["environment"])
    assert carried == portable(topology)
    assert carried.project == ""
    assert carried.links[0].near.span is None
    assert carried.links[0].near.places == ()


def _by_libyaml(text: str) -> Any:
    """By the rules of YAML 1.1, as Compose v1 does."""
    return yaml.load(text, yaml.CSafeLoader)


def _by_ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def _taken(tree: Any) -> dict[str, Any]:
    """Our services, taken out of the tree."""
    services = tree["services"]
    names = [name for name in services if ROLE in (services[name] or {}).get("labels", {})]
    return {name: services.pop(name) for name in names}


def _without_empty(tree: Any) -> Any:
    """No services and an empty map of them are the same."""
    return {key: value for key, value in tree.items() if key != "services" or value}


def _expected(case: Case, names: set[str]) -> Any:
    topology = case.topology(WRITTEN)
    version = _by_libyaml(case.text(WRITTEN)).get("version")
    around = replace(AROUND, version=version, taken=frozenset(names))
    services, _ = injected(portable(topology), around)
    return json.loads(json.dumps(services).replace("$", "$$"))
