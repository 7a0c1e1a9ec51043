"""The build context: complete, and the same for the same package."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from conlink_compose.image import context


def test_holds_recipe_and_package() -> None:
    files = context.own_files()
    recipe = {f"conlink_compose/image/{name}" for name in ("Dockerfile", "install.sh")}
    assert recipe | {"conlink_compose/image/debian-packages"} <= files.keys()
    assert b"docker==" in files["conlink_compose/image/requirements.txt"]
    assert "conlink_compose/runtime/__main__.py" in files
    assert "schemas/x-conlink.schema.json" in files
    assert not any("__pycache__" in name for name in files)


def test_repository_names_what_is_installed() -> None:
    """An image that is built from it gets the same packages: `python -m
    conlink_compose.image.context >conlink_compose/image/requirements.txt`."""
    named = (context.PACKAGE / "image" / "requirements.txt").read_text()
    assert named == "".join(f"{line}\n" for line in context.requirements())


def test_typer_is_left_out() -> None:
    names = {line.partition("==")[0] for line in context.requirements()}
    assert {"docker", "requests", "pyyaml", "jsonschema-rs"} <= names
    assert not names & {"typer", "rich", "pygments", "pytest"}


def test_archive_is_the_same_for_the_same_files() -> None:
    forwards = {"a": b"1", "b/c": b"2"}
    backwards = {"b/c": b"2", "a": b"1"}
    assert context.archive(forwards) == context.archive(backwards)
    with tarfile.open(fileobj=io.BytesIO(context.archive(forwards))) as tar:
        assert tar.getnames() == ["a", "b/c"]
        assert {(m.uid, m.gid, m.mtime, m.mode) for m in tar} == {(0, 0, 0, 0o644)}


@pytest.mark.parametrize(
    ("files", "base"),
    [
        ({"a": b"2"}, "base"),
        ({"b": b"1"}, "base"),
        ({"a": b"1"}, "other"),
        ({"a": b"1", "b": b""}, "base"),
    ],
)
def test_hash_tells_contents_apart(files: dict[str, bytes], base: str) -> None:
    assert context.content_hash(files, base) != context.content_hash({"a": b"1"}, "base")


def test_files_at_hand(tmp_path: Path) -> None:
    for name in ("debs/b.deb", "debs/notes", "wheels/a-1-py3-none-any.whl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert list(context.files_at_hand(tmp_path)) == [
        "packages/debs/b.deb",
        "packages/wheels/a-1-py3-none-any.whl",
    ]
    assert context.files_at_hand(tmp_path / "none") == {}
