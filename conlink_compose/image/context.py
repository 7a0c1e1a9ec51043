"""What the network image is built from: a build context of the package that is installed.

It is laid out as the repository, which is such a context too. The same package gives the same
bytes, wherever and by whomever it is made. `python -m conlink_compose.image.context` prints the
Python packages that belong at hand, as requirements.txt of the repository names them.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

DISTRIBUTION = "conlink-compose"
PACKAGE = Path(__file__).parents[1]
_IMAGE = f"{PACKAGE.name}/{Path(__file__).parent.name}"
DOCKERFILE = f"{_IMAGE}/Dockerfile"
"""Where it lies in the context."""

_AT_HAND = {"debs": "*.deb", "wheels": "*.whl"}
_NOT_AT_RUN_TIME = frozenset({"typer"})
"""The command line's: with what it brings, 14 MB that the runtime never imports."""

Files = Mapping[str, bytes]
"""The bytes of each file, by its path in the context."""


def own_files() -> Files:
    """The recipe, the package itself, and the versions of what it needs: all that decides what
    the image does."""
    needed = "".join(f"{line}\n" for line in requirements())
    return {**dict(_package_files()), f"{_IMAGE}/requirements.txt": needed.encode()}


def content_hash(files: Files, base: str) -> str:
    """What tells an image of this package and base from others; 64 hexadecimal digits."""
    digest = hashlib.sha256(base.encode())
    for name in sorted(files):
        digest.update(f"\0{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def files_at_hand(packages: Path) -> Files:
    """Debian's and Python's packages in `packages/debs` and `packages/wheels`, where there are any.
    Raises OSError."""
    return {
        f"packages/{kind}/{path.name}": path.read_bytes()
        for kind, pattern in _AT_HAND.items()
        for path in sorted((packages / kind).glob(pattern))
    }


def archive(files: Files) -> bytes:
    """A tar file of `files`, the same for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(files[name]))
    return buffer.getvalue()


def requirements() -> list[str]:
    """The Python packages that the runtime needs, as `name==version` of what is installed here."""
    found: dict[str, str] = {}
    _add_needs(DISTRIBUTION, found)
    return [f"{name}=={found[name]}" for name in sorted(found)]


def _add_needs(distribution: str, found: dict[str, str]) -> None:
    """What is not installed is meant for other systems, or another Python."""
    for requirement in requires(distribution) or ():
        name = re.sub(r"[._-]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()
        if name in found or name in _NOT_AT_RUN_TIME or "extra ==" in requirement:
            continue
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
        _add_needs(name, found)


def _package_files() -> Iterator[tuple[str, bytes]]:
    """The package as it lies in a checkout: in the wheel the schemas lie inside of it."""
    inside = PACKAGE / "schemas"
    for name, content in _tree(PACKAGE, PACKAGE.name):
        if not name.startswith(f"{PACKAGE.name}/{inside.name}/"):
            yield name, content
    yield from _tree(inside if inside.exists() else PACKAGE.parent / inside.name, inside.name)


def _tree(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes()


if __name__ == "__main__":
    print("\n".join(requirements()))
