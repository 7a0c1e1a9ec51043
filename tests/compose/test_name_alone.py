"""Which project is meant, whatever its files have become."""

from pathlib import Path

import pytest

from conlink_compose.compose.load import load
from conlink_compose.compose.locate import Request
from conlink_compose.compose.name_alone import name_alone

BROKEN = "services:\n  a: {image: [\n"


def named(
    folder: Path, text: str, environ: dict[str, str] | None = None, **more: str
) -> str | None:
    (folder / "compose.yaml").write_text(text)
    return name_alone(Request(environ or {}, str(folder), **more)).name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name: lab\n" + BROKEN, "lab"),
        (BROKEN + "\nname: 'lab'   # mine\n", "lab"),
        ("name: ${LAB:-bench}\n" + BROKEN, "bench"),
        ("services:\n  name: inner\n" + BROKEN, "folder"),
        (BROKEN, "folder"),
        ("", "folder"),
        ("name: lab\nservices: {}\n", "lab"),
    ],
)
def test_the_name_of_a_broken_file_is_what_can_still_be_read(
    tmp_path: Path, text: str, name: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert named(folder, text) == name


def test_p_and_the_environment_win_and_ask_for_no_file(tmp_path: Path) -> None:
    environ = {"COMPOSE_PROJECT_NAME": "env"}
    assert named(tmp_path, "name: lab\n" + BROKEN, environ) == "env"
    assert named(tmp_path, BROKEN, environ, project_name="asked") == "asked"
    (tmp_path / "compose.yaml").unlink()
    assert name_alone(Request(environ, str(tmp_path))).name == "env"
    (tmp_path / ".env").write_text("COMPOSE_PROJECT_NAME=dotted\n")
    assert name_alone(Request({}, str(tmp_path))).name == "dotted"


def test_without_a_file_there_is_no_name_and_a_reason(tmp_path: Path) -> None:
    found = name_alone(Request({}, str(tmp_path)))
    assert (found.name, [one.code for one in found.diagnostics]) == (None, ["no-compose-file"])
    found = name_alone(Request({}, str(tmp_path), ("nowhere.yaml",)))
    assert (found.name, [one.code for one in found.diagnostics]) == (None, ["file-not-found"])


def test_a_sound_file_has_the_name_that_is_brought_up(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("name: first\nservices: {}\n")
    (tmp_path / "compose.override.yaml").write_text("name: ${NAME}\n")
    request = Request({"NAME": "second"}, str(tmp_path))
    document, _ = load(request)
    assert document
    assert document.project == name_alone(request).name == "second"
