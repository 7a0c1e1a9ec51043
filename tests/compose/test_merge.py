import pytest

from conlink_compose.compose.merge import merge, settled
from conlink_compose.document.reader import parse
from conlink_compose.document.tree import place_of


def service(earlier: str, *later: str):
    """The service `s` that several files, each in flow style, merge to, and the problems."""
    tree, problems = parse(f"services: {{s: {{{earlier}}}}}\n", "0")
    assert problems == []
    found = []
    for number, text in enumerate(later, 1):
        other, problems = parse(f"services: {{s: {{{text}}}}}\n", str(number))
        assert problems == []
        tree, more = merge(tree, other)
        found += more
    return settled(tree)["services"]["s"], found


@pytest.mark.parametrize(
    ("earlier", "later", "result"),
    [
        ("image: a", "image: b", {"image": "b"}),
        ("image: a", "image: ", {"image": "a"}),
        ("command: [a]", "command: b c", {"command": "b c"}),
        ("command: [a]", "command: ", {"command": None}),
        ("entrypoint: [a]", "entrypoint: [b]", {"entrypoint": ["b"]}),
        (
            "healthcheck: {test: [a], interval: 1s}",
            "healthcheck: {test: b}",
            {"healthcheck": {"test": "b", "interval": "1s"}},
        ),
        (
            "environment: {A: 1, B: 2, C: }",
            "environment: [B=3, D]",
            {"environment": ["A=1", "B=3", "C", "D"]},
        ),
        ("environment: {A: 1}", "environment: {A: 2}", {"environment": {"A": 2}}),
        ("labels: [a=1]", "labels: {a: 2}", {"labels": ["a=2"]}),
        ("sysctls: {n: 1}", "sysctls: [n=2]", {"sysctls": ["n=2"]}),
        ("build: {args: {A: 1}}", "build: {args: [A=2]}", {"build": {"args": ["A=2"]}}),
        (
            "extra_hosts: ['h:1.1.1.1']",
            "extra_hosts: ['h:1.1.1.1', 'h:2.2.2.2']",
            {"extra_hosts": ["h:1.1.1.1", "h:2.2.2.2"]},
        ),
        (
            "ports: ['80:80', '81:81/udp']",
            "ports: ['80:80/tcp', '81:81']",
            {"ports": ["80:80/tcp", "81:81/udp", "81:81"]},
        ),
        (
            "volumes: ['./a:/x', 'v:/v']",
            "volumes: ['./b:/x:ro', {type: bind, source: c, target: /v}]",
            {"volumes": ["./b:/x:ro", {"type": "bind", "source": "c", "target": "/v"}]},
        ),
        ("dns: a", "dns: [b, a]", {"dns": ["a", "b"]}),
        ("cap_add: [A, B]", "cap_add: [B, C]", {"cap_add": ["A", "B", "C"]}),
        (
            "configs: [c]",
            "configs: [{source: d, target: /c}]",
            {"configs": [{"source": "d", "target": "/c"}]},
        ),
        (
            "depends_on: [a]",
            "depends_on: {a: {condition: service_healthy}}",
            {"depends_on": {"a": {"condition": "service_healthy"}}},
        ),
        (
            "x-conlink: {links: [{dev: a}], k: {a: 1}}",
            "x-conlink: {links: [{dev: a}], k: {b: 2}}",
            {"x-conlink": {"links": [{"dev": "a"}, {"dev": "a"}], "k": {"a": 1, "b": 2}}},
        ),
        ("ports: ['1:1']", "ports: !reset []", {}),
        ("ports: ['1:1']", "ports: !override ['2:2']", {"ports": ["2:2"]}),
        (
            "x-conlink: {links: [1]}",
            "x-conlink: {links: !override [2]}",
            {"x-conlink": {"links": [2]}},
        ),
        ("image: a", "image: !reset null", {}),
        ("environment: {A: 1, B: 2}", "environment: {A: }", {"environment": {"A": None, "B": 2}}),
        (
            "extra_hosts: {h: 1.1.1.1}",
            "extra_hosts: {h: 2.2.2.2}",
            {"extra_hosts": ["h=1.1.1.1", "h=2.2.2.2"]},
        ),
        (
            "depends_on: {a: {condition: service_healthy}}",
            "depends_on: [a]",
            {"depends_on": {"a": {"condition": "service_started", "required": True}}},
        ),
        ("build: a", "build: {target: t}", {"build": {"context": "a", "target": "t"}}),
        ("build: {target: t}", "build: a", {"build": {"context": "a", "target": "t"}}),
        (
            "ulimits: {a: 1, b: {soft: 1}}",
            "ulimits: {a: {soft: 2}, b: 3}",
            {"ulimits": {"a": {"soft": 2}, "b": 3}},
        ),
        ("environment: [A=1, B=2]", "environment: {A: !reset }", {"environment": ["B=2"]}),
        ("environment: {A: 1, B: 2}", "environment: {A: !reset }", {"environment": {"B": 2}}),
    ],
)
def test_two_files_merge_as_compose_merges_them(earlier, later, result):
    assert service(earlier, later) == (result, [])


def test_a_third_file_adds_to_what_the_second_resets_or_overrides():
    merged, _ = service(
        "ports: ['1:1'], labels: {a: 1}",
        "ports: !reset [], labels: !override {b: 1}",
        "ports: ['2:2'], labels: {c: 1}",
    )
    assert merged == {"ports": ["2:2"], "labels": {"b": 1, "c": 1}}


def test_one_file_alone_has_its_tags_settled():
    assert service("a: !override {x: [!reset 1, 2]}, b: !reset 1")[0] == {"a": {"x": [2]}}


def test_what_one_file_says_twice_holds_once():
    assert service("ports: ['1:1', '1:1'], volumes: ['/a:/x', '/b:/x'], x: [1, 1]")[0] == {
        "ports": ["1:1"],
        "volumes": ["/b:/x"],
        "x": [1, 1],
    }


def test_every_value_keeps_its_file():
    merged, _ = service(
        "x-conlink: {links: [{dev: a}], m: 1}", "x-conlink: {links: [{dev: b}], m: 2}"
    )
    paths = (["links", 0], ["links", 1, "dev"], ["m"], ["links"])
    files = [place_of(merged["x-conlink"], path).file for path in paths]
    assert files == ["0", "1", "1", "0"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("k: {a: 1}", "k: [1]"), ("k: [1]", "k: 1"), ("k: 1", "k: {a: 1}")],
)
def test_a_clash_of_types_is_told_at_the_later_place(earlier, later):
    merged, [problem] = service(f"x-conlink: {{{earlier}}}", f"x-conlink: {{{later}}}")
    assert problem.code == "merge-clash"
    assert problem.span is not None
    assert problem.span.file == "1"
    assert merged["x-conlink"] == parse(f"{{{earlier}}}", "f")[0]


def test_merging_changes_neither_file():
    first, _ = parse("a: &a {l: [1]}\nb: *a\n", "0")
    second, _ = parse("a: {l: [2]}\n", "1")
    assert first is not None
    assert second is not None
    merged, _ = merge(first, second)
    assert merged == {"a": {"l": [1, 2]}, "b": {"l": [1]}}
