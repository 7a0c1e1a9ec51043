"""Command lines of Compose, split as each of its versions would."""

from __future__ import annotations

import pytest

from conlink_compose.cli.wrapper import words as module
from conlink_compose.cli.wrapper.words import split

WITH_VALUE = {
    "1.25.4": "-f --file -p --project-name --log-level -H --host --tlscacert --tlscert --tlskey "
    "--project-directory --env-file",
    "1.29.2": "-f --file -p --project-name --profile -c --context --log-level --ansi -H --host "
    "--tlscacert --tlscert --tlskey --project-directory --env-file",
    "2.40.3": "--ansi --env-file -f --file --parallel --profile --progress --project-directory "
    "-p --project-name",
}
FLAGS = {
    "1.25.4": "--verbose --no-ansi --tls --tlsverify --skip-hostname-check --compatibility",
    "1.29.2": "--verbose --no-ansi --tls --tlsverify --skip-hostname-check --compatibility",
    "2.40.3": "--all-resources --compatibility --dry-run",
}
"""As `--help` of each has them, which tests/docker/test_wrapper.py asks. What only prints something
has no verb behind it."""


def _each(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(version, option) for version, options in table.items() for option in options.split()]


@pytest.mark.parametrize(("version", "option"), _each(WITH_VALUE))
def test_an_option_with_a_value_is_not_the_verb(version: str, option: str) -> None:
    found = split([option, "value", "up", "-d"])
    ((name, value),) = found.options
    assert name.startswith("--")
    assert (value, found.verb, found.rest) == ("value", "up", ("-d",))
    joined = f"{option}=value"
    assert split([joined, "up", "-d"]) == found
    if not option.startswith("--"):
        assert split([f"{option}value", "up", "-d"]) == found


@pytest.mark.parametrize(("version", "option"), _each(FLAGS))
def test_a_flag_takes_no_value(version: str, option: str) -> None:
    found = split([option, "up", "-d"])
    assert (found.options, found.verb, found.rest) == (((option, None),), "up", ("-d",))
    assert found.again() == [option]


def test_options_stand_in_any_order_and_are_said_again_in_theirs() -> None:
    line = (
        "-p lab --ansi never -fa.yaml --verbose --file=b.yaml -f - --engine docker up --build web"
    )
    found = split(line.split())
    assert found.all("--file") == ("a.yaml", "b.yaml", "-")
    assert found.last("--project-name") == "lab"
    assert found.last("--engine") == "docker"
    assert found.last("--host") is None
    assert found.command() == ["up", "--build", "web"]
    assert found.again("--file") == ["--project-name", "lab", "--ansi", "never", "--verbose"]
    assert found.ours() == [
        *("--project-name", "lab", "--ansi", "never", "--file", "a.yaml", "--file", "b.yaml"),
        *("--file", "-", "--engine", "docker"),
    ]


def test_flags_and_an_option_in_one_word() -> None:
    found = split(["-vfx.yaml", "up"])
    assert (found.options, found.verb) == ((("-v", None), ("--file", "x.yaml")), "up")
    assert split(["-vf", "x.yaml", "up"]) == found


def test_two_hyphens_end_the_options() -> None:
    found = split(["-p", "lab", "--", "up", "--", "web"])
    assert (found.verb, found.rest) == ("up", ("--", "web"))
    assert split(["--"]).verb is None


def test_the_beginning_of_one_option_is_that_option() -> None:
    assert split(["--project-n", "lab", "ps"]).options == (("--project-name", "lab"),)
    assert split(["--tls", "ps"]).options == (("--tls", None),)
    assert split(["--pro", "ps"]).options == (("--pro", None),), "of several: Compose will tell"


def test_a_flag_with_a_value_of_its_own_stays_so() -> None:
    assert split(["--dry-run=false", "up"]).again() == ["--dry-run=false"]


@pytest.mark.parametrize("line", ["", "-f", "-f x", "--file", "--version", "-h", "--verbose"])
def test_without_a_verb(line: str) -> None:
    assert split(line.split()).verb is None


def test_what_is_known_is_known_once() -> None:
    assert not set(module._WITH_VALUE) & set(module._FLAGS)
