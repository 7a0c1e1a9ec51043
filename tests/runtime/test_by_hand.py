"""The words of the runtime's command line, and the files they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from conlink_compose.runtime.__main__ import Words, main, parse
from conlink_compose.runtime.by_hand import read_files
from conlink_compose.topology import Owner, Topology

NETWORK = """
x-conlink:
  links:
    - {container: "${NODE}", bridge: lan, ip: 10.0.0.1/24}
"""


def read(folder: Path, *names: str, outside: bool = True) -> Topology | None:
    files = [str(folder / name) for name in names]
    return read_files(files, "Some_Project", containers_outside=outside)


def test_words() -> None:
    assert parse([]) == Words("docker", "")
    assert parse(["sandbox", "/run/x"]) == Words("sandbox", "/run/x")
    words = ["--network-file", "n", "--compose-file", "a", "--compose-file=b", "--project", "lab"]
    assert parse(words) == Words("docker", "lab", ("a", "b", "n"))
    assert parse(["docker", *words]) == parse(words)
    assert parse(["--log-format", "json"]).log_format == "json"


def test_words_that_are_not_understood(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--compose", "a"])
    assert ended.value.code == 2
    assert "unrecognized arguments: --compose" in capsys.readouterr().err


def test_a_sandbox_is_told_by_the_command_line(caplog: pytest.LogCaptureFixture) -> None:
    assert main(["sandbox", "/nowhere", "--compose-file", "x"]) == 1
    assert "by `conlink-compose up`" in caplog.text


def test_later_files_go_over_earlier_ones(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services: {web: {x-conlink: {links: [{bridge: lan, dev: x0, ip: 10.0.0.1/24}]}}}"
    )
    (tmp_path / "network.yaml").write_text(
        "services: {web: {x-conlink: {links: [{dev: x0, ip: 10.0.0.9/24}]}}}"
    )
    topology = read(tmp_path, "compose.yaml", "network.yaml")
    assert topology
    (link,) = topology.links
    assert (link.bridge, str(link.near.addresses[0])) == ("lan", "10.0.0.9/24")


def test_a_network_without_services_takes_names_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODE", "ZZZ_node")
    (tmp_path / "network.yaml").write_text(NETWORK)
    topology = read(tmp_path, "network.yaml")
    assert topology
    assert [service.owner for service in topology.services] == [Owner("container", "ZZZ_node")]


def test_mistakes_are_told_with_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NODE", raising=False)
    (tmp_path / "network.yaml").write_text(NETWORK.replace("ip:", "pi:"))
    assert read(tmp_path, "network.yaml") is None
    told = capsys.readouterr().err
    assert "network.yaml:4:43: error[unknown-key]" in told
    assert "network.yaml:4:20: error[variable-unset]" in told
    assert "^^^^^^^" in told


def test_what_only_compose_needs_need_not_be_there(tmp_path: Path) -> None:
    """In the network service's container are neither the folders nor the variables of the rest."""
    text = """
services:
  web:
    image: "web:${TAG}"
    env_file: secret.env
    profiles: [seldom]
    x-conlink: {links: [{bridge: lan, dev: x0}]}
"""
    (tmp_path / "compose.yaml").write_text(text)
    topology = read(tmp_path, "compose.yaml")
    assert topology
    assert len(topology.links) == 1
