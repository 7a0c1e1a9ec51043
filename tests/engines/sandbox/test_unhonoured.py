import pytest

from conlink_compose.engines.sandbox.unhonoured import sandbox_warnings
from tests.folder import loaded


def warned(folder, keys):
    """The places of the warnings for a service with `keys`, in flow style."""
    found = sandbox_warnings(loaded(folder, {"c.yaml": f"services: {{s: {{{keys}}}}}\n"}))
    assert all(problem.code == "not-in-sandbox" and not problem.is_error for problem in found)
    return [problem.span.column if problem.span else 0 for problem in found]


@pytest.mark.parametrize(
    ("keys", "columns"),
    [
        ("image: x, command: y, network_mode: none, volumes: ['./a:/a']", []),
        ("ports: ['1:1', '2:2']", [16]),
        ("ports: []", []),
        ("privileged: false", []),
        ("build: ., tty: true", [16, 26]),
        ("network_mode: host", [30]),
        ("volumes: [v:/v, ./a:/a, {type: tmpfs, target: /t}]", [26, 40]),
        ("depends_on: {d: {condition: service_healthy}, e: {condition: service_started}}", [44]),
    ],
)
def test_one_warning_for_each_thing_without_effect(tmp_path, keys, columns):
    assert warned(tmp_path, keys) == columns


def test_nothing_comes_from_outside(tmp_path):
    link = "{bridge: lan, ip: 10.0.0.1/24, forward: '80:80'}"
    text = f"""x-conlink:
  links: [{link}, {{bridge: lan}}]
  hosts: {{h: {{links: [{link}]}}}}
services:
  s: {{x-conlink: {{links: [{link}]}}}}
"""
    found = sandbox_warnings(loaded(tmp_path, {"c.yaml": text}))
    assert sorted(problem.span.line for problem in found if problem.span) == [2, 3, 5]
    assert {(problem.message, problem.help) for problem in found} == {
        (
            "`forward` leads from nowhere in the sandbox, whose hub has no outside; with Docker "
            "it leads from ports of the machine to this node",
            "ask the node from another one, or give the hub an interface by hand: "
            "docs/language.md has the words, under `forward`",
        )
    }


@pytest.mark.parametrize("flag", ["true", "'yes'"])
def test_the_network_service_is_for_docker_alone(tmp_path, flag):
    assert warned(tmp_path, f"x-conlink: {{runtime: {flag}}}, privileged: true") == []
