"""What stands behind a verb of Compose."""

from __future__ import annotations

import pytest

from conlink_compose.cli.wrapper.verb import Verb


def verb(line: str) -> Verb:
    name, *rest = line.split()
    return Verb(name, tuple(rest))


@pytest.mark.parametrize(
    ("line", "detached"),
    [
        ("up -d", True),
        ("up --detach", True),
        ("up --detach=true web", True),
        ("up --detach=false", False),
        ("up -dV", True),
        ("up -Vd", True),
        ("up -dt 3", True),
        ("up -td", False),  # the timeout is `d`: Compose will tell
        ("up", False),
        ("up --build web", False),
        ("up -- -d", False),
        ("up web -d", True),
        ("up --attach -d", False),
    ],
)
def test_a_flag_among_others(line: str, detached: bool) -> None:
    assert verb(line).flag("--detach", "d") == detached


@pytest.mark.parametrize(
    ("line", "services"),
    [
        ("up -d", ()),
        ("up web db", ("web", "db")),
        ("up -t 3 web", ("web",)),
        ("up -t3 -d web", ("web",)),
        ("up -w web", ("web",)),  # a flag of v2
        ("up --timeout 3 --scale web=2 web", ("web",)),
        ("up --timeout=3 -- -odd", ("-odd",)),
        ("up --exit-code-from web --no-color db", ("db",)),
        ("create --pull always web", ("web",)),
        ("run --rm -it web sh -c ls", ("web",)),
        ("run -e A=b -v /a:/b -w /x --name n web up -d", ("web",)),
        ("run -ue web", ("web",)),  # the user is `e`
        ("run -T -- web ls", ("web",)),
        ("exec -u 0 web sh", ("web",)),
        ("restart -t 1 web", ("web",)),
    ],
)
def test_services_that_are_named(line: str, services: tuple[str, ...]) -> None:
    assert verb(line).services() == services


@pytest.mark.parametrize(
    ("line", "scales"),
    [
        ("up --scale web=3 --scale=db=2", (("web", 3), ("db", 2))),
        ("up web=3", ()),
        ("scale web=3 db=1", (("web", 3), ("db", 1))),
        ("scale --timeout 5 web=3", (("web", 3),)),
        ("up --scale web=x --scale web --scale =1", (("", 1),)),
    ],
)
def test_scales(line: str, scales: tuple[tuple[str, int], ...]) -> None:
    assert verb(line).scales() == scales


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("up --help", True),
        ("up -d web -h", True),
        ("up -- --help", False),
        ("run --help", True),
        ("run web ls --help", False),
        ("exec -T web ls -h", False),
        ("run -e X web sh -h", False),
        ("up --timeout --help", False),
    ],
)
def test_help_is_compose_s_but_not_that_of_a_command_in_a_container(line: str, asks: bool) -> None:
    assert verb(line).asks_for_help() == asks


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("up -d --pull always a", "-d a"),
        ("up --pull=always --wait", "--wait"),
        ("up -d --pull", "-d"),
        ("up -- --pull a", "-- --pull a"),
    ],
)
def test_an_option_is_taken_out(line: str, rest: str) -> None:
    assert " ".join(verb(line).without("--pull")) == rest


def test_the_value_of_an_option_that_is_last() -> None:
    assert verb("up --wait-timeout 5 --wait-timeout=9").values("--wait-timeout") == ["5", "9"]
    assert verb("up --wait-timeout").values("--wait-timeout") == []
