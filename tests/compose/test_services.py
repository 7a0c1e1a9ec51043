import pytest

from tests.folder import loaded, tried


@pytest.mark.parametrize(
    ("text", "places", "services"),
    [
        (
            "services: {a: , b: [1], c: {image: x}}",
            [12, 17],
            {"a": {}, "b": {}, "c": {"image": "x"}},
        ),
        ("services: {a/b: {}, 'c d': {}}", [12, 21], {"a/b": {}, "c d": {}}),
        ("services: [a]", [1], {}),
        ("services: a", [1], {}),
        ("services: ", [], {}),
        ("services: {}", [], {}),
    ],
)
def test_what_is_no_service_is_told_and_read_as_an_empty_one(tmp_path, text, places, services):
    document, problems = tried(tmp_path, {"c.yaml": text})
    assert [(p.code, p.span.column if p.span else 0) for p in problems] == [
        ("bad-service", place) for place in places
    ]
    assert document is not None
    assert document.tree["services"] == services


def test_no_services_at_all_are_no_mistake(tmp_path):
    document, problems = tried(tmp_path, {"c.yaml": "x-conlink: {}"})
    assert problems == []
    assert document is not None
    assert "services" not in document.tree


def one(folder, keys, **words):
    """The declaration of a service with `keys`, in flow style."""
    return loaded(folder, {"c.yaml": f"services: {{s: {{{keys}}}}}\n"}, **words).services["s"]


@pytest.mark.parametrize(
    ("keys", "count"),
    [
        ("image: x", 1),
        ("scale: 0", 0),
        ("scale: 2", 2),
        ("scale: '2'", 2),
        ("scale: '+2'", 2),
        ("scale: '007'", 7),
        ("scale: 2.0", 2),
        ("scale: 0x10", 16),
        ("scale: $N", 3),
        ("scale: '$N'", 3),
        ("scale: 10000", 10_000),
        ("scale: ", 1),
        ("deploy: {replicas: 4}", 4),
        ("deploy: {replicas: '4'}", 4),
        ("scale: 4, deploy: {replicas: '4'}", 4),
        ("scale: , deploy: {replicas: 4}", 4),
    ],
)
def test_a_count_is_what_compose_takes_for_one(tmp_path, keys, count):
    assert one(tmp_path, keys, environ={"N": "3"}).replicas == count


@pytest.mark.parametrize(
    ("keys", "column"),
    [
        ("scale: -1", 23),
        ("scale: '-1'", 23),
        ("scale: many", 23),
        ("scale: ''", 23),
        ("scale: ' 2'", 23),
        ("scale: '2.0'", 23),
        ("scale: '0x10'", 23),
        ("scale: 2.5", 23),
        ("scale: .nan", 23),
        ("scale: true", 23),
        ("scale: [2]", 23),
        ("scale: 10001", 23),
        ("scale: '99999999999999999999999'", 23),
        ("deploy: {replicas: many}", 35),
        ("scale: 2, deploy: {replicas: 3}", 45),
        ("scale: 0, deploy: {replicas: 3}", 45),
    ],
)
def test_a_bad_count_is_told_and_read_as_one(tmp_path, keys, column):
    document, [problem] = tried(tmp_path, {"c.yaml": f"services: {{s: {{{keys}}}}}\n"})
    assert problem.code == "bad-value"
    assert problem.span is not None
    assert problem.span.column == column
    assert document is not None
    assert document.services["s"].replicas == 1


def test_a_count_whose_variable_has_no_value_is_told_once(tmp_path):
    _, [problem] = tried(tmp_path, {"c.yaml": "services: {s: {scale: '${N:?}'}}\n"})
    assert problem.code == "variable-unset"


@pytest.mark.parametrize("flag", ["true", "'true'", "yes", "'on'", "$FLAG", "'$FLAG'"])
@pytest.mark.parametrize("value", ["true", "yes", "on"])
def test_the_network_service_bears_a_flag(tmp_path, flag, value):
    keys = f"x-conlink: {{runtime: {flag}}}"
    assert one(tmp_path, keys, environ={"FLAG": value}).is_network_service


@pytest.mark.parametrize("keys", ["image: x", "x-conlink: ", "x-conlink: {runtime: 'no'}"])
def test_other_services_are_none(tmp_path, keys):
    assert not one(tmp_path, keys).is_network_service


@pytest.mark.parametrize(
    ("keys", "interfaces", "shares"),
    [
        ("image: x", "eth0", False),
        ("network_mode: none", "", False),
        ("network_mode: bridge", "eth0", False),
        ("network_mode: host", "eth0", True),
        ("network_mode: 'service:b'", "eth0", True),
        ("networks: [a, b]", "eth0 eth1", False),
        ("networks: {a: , b: , c: }", "eth0 eth1 eth2", False),
        (
            "networks: {a: {interface_name: eth0}, b: , c: {interface_name: x}}",
            "eth0 x eth1",
            False,
        ),
        ("networks: []", "eth0", False),
    ],
)
def test_the_network_of_the_engine(tmp_path, keys, interfaces, shares):
    service = one(tmp_path, keys)
    assert (" ".join(service.engine_interfaces), service.shares_network) == (interfaces, shares)


@pytest.mark.parametrize("name", ["''", "a b", "-a", "a", "[ab]"])
def test_a_container_name_that_docker_refuses_is_told(tmp_path, name):
    text = f"services: {{s: {{container_name: {name}}}}}\n"
    _, [problem] = tried(tmp_path, {"c.yaml": text})
    assert (problem.code, str(problem.span)) == ("bad-value", "c.yaml:1:32")


def test_two_services_cannot_share_a_container_name(tmp_path):
    text = "services: {a: {container_name: same}, b: {container_name: same}}\n"
    _, [problem] = tried(tmp_path, {"c.yaml": text})
    assert (problem.code, str(problem.span)) == ("name-twice", "c.yaml:1:59")


@pytest.mark.parametrize("profiles", ["debug", "[1]", "{a: }"])
def test_profiles_in_another_form_are_told(tmp_path, profiles):
    _, [problem] = tried(tmp_path, {"c.yaml": f"services: {{s: {{profiles: {profiles}}}}}\n"})
    assert (problem.code, str(problem.span)) == ("bad-value", "c.yaml:1:26")


def test_a_blank_profile_is_none(tmp_path):
    text = "services: {a: {profiles: ['${NONE:-}']}}\n"
    assert list(loaded(tmp_path, {"c.yaml": text}).services) == ["a"]


def test_services_of_other_profiles_are_not_declared(tmp_path):
    text = "services: {a: {profiles: [p], scale: many}, b: {container_name: cc}}\n"
    services = loaded(tmp_path, {"c.yaml": text}).services
    assert {name: service.container_name for name, service in services.items()} == {"b": "cc"}
