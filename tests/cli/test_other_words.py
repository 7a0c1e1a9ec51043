"""Words of Compose that the sandbox has not, and where all of them go with Docker."""

from __future__ import annotations

import pytest
import typer

from conlink_compose.cli.app import app
from conlink_compose.cli.other_words import INSTEAD
from conlink_compose.cli.wrapper import is_for_compose
from conlink_compose.cli.wrapper.words import split

COMPOSE = """
attach build commit config cp create down events exec export images kill logs ls pause port ps
publish pull push restart rm run scale start stats stop top unpause up version volumes wait watch
"""
"""Those that the help of Compose 2.40.3 lists."""

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("word", COMPOSE.split())
def test_every_word_of_compose_is_a_command_or_told_what_to_use(word: str) -> None:
    assert (word in COMMANDS) != (word in INSTEAD)


@pytest.mark.parametrize("word", COMPOSE.split())
def test_with_docker_every_word_is_composes(word: str) -> None:
    assert is_for_compose(split(["--engine", "docker", word]))
    assert not is_for_compose(split(["--engine", "sandbox", word]))


def test_commands_that_an_advice_names_are_there() -> None:
    for advice in INSTEAD.values():
        for words in advice.split("`")[1::2]:
            assert words.split()[0] in (*COMMANDS, "--help")
