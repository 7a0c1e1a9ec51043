import io

import pytest

from conlink_compose.compose.load import load
from tests.folder import codes, loaded, request, service, tried, write

PROFILES = "services: {a: {}, b: {profiles: [p]}, c: {profiles: [q, r]}, d: {profiles: []}}\n"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({}, "ad"),
        ({"profiles": ("p",)}, "abd"),
        ({"profiles": ("*",)}, "abcd"),
        ({"environ": {"COMPOSE_PROFILES": "r, x"}}, "acd"),
        ({"environ": {"COMPOSE_PROFILES": "r"}, "profiles": ("p",)}, "abd"),
        ({"named": ("c",)}, "acd"),
        ({"named": ("a", "b", "none"), "profiles": ("q",)}, "abcd"),
    ],
)
def test_services_outside_the_profiles_are_left_out(tmp_path, words, names):
    document = loaded(tmp_path, {"c.yaml": PROFILES}, **words)
    assert "".join(document.tree["services"]) == names


def test_the_document_tells_where_it_comes_from(tmp_path):
    files = {"a.yaml": "services: {s: {image: $X}}\n", "b.yaml": "x-conlink: {}\n", ".env": "X=y\n"}
    document = loaded(tmp_path, files, files=("a.yaml", "b.yaml"), project_name="p")
    assert document.project == "p"
    assert document.project_directory == str(tmp_path)
    assert document.file_order == ("a.yaml", "b.yaml")
    assert document.sources == {name: files[name] for name in ("a.yaml", "b.yaml")}
    assert document.environment == {"X": "y", "COMPOSE_PROJECT_NAME": "p"}
    assert service(document, "s") == {"image": "y"}


def test_mistakes_of_all_files_come_together(tmp_path):
    files = {"a.yaml": "a: [\n", "b.yaml": "a: 1\na: 2\n", "c.yaml": ""}
    document, problems = tried(tmp_path, files, files=(*files, "gone.yaml"))
    assert document is None
    assert codes(problems) == ["yaml-syntax", "duplicate-key", "empty-file", "file-not-found"]


def test_an_override_without_a_key_changes_nothing_and_is_told(tmp_path):
    files = {"a.yaml": "services: {s: {image: x}}\n", "b.yaml": "# services:\n"}
    document, [problem] = tried(tmp_path, files)
    assert (problem.code, str(problem.span), problem.is_error) == (
        "empty-file",
        "b.yaml:1:1",
        False,
    )
    assert document is not None
    assert service(document, "s") == {"image": "x"}


def test_a_document_with_mistakes_can_be_checked_further(tmp_path):
    text = "services: {s: {image: a, image: b, x-conlink: {k: $X}}}\n"
    document, problems = tried(tmp_path, {"c.yaml": text})
    assert codes(problems) == ["duplicate-key", "variable-unset"]
    assert document is not None


def test_standard_input_is_read(tmp_path, monkeypatch):
    stdin = io.TextIOWrapper(io.BytesIO(b"services: {s: {image: 1, image: 2}}\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    document, [problem] = load(request(tmp_path, files=("-",)))
    assert document is not None
    assert document.file_order == ("<stdin>",)
    assert str(problem.span) == "<stdin>:1:26"


def test_the_search_names_files_from_the_working_directory(tmp_path):
    write(tmp_path, {"compose.yaml": "services: {}\na: 1\na: 2\n"})
    (tmp_path / "sub").mkdir()
    _, [problem] = load(request(tmp_path / "sub"))
    assert str(problem.span) == "../compose.yaml:3:1"


def test_no_file_at_all(tmp_path):
    assert codes(load(request(tmp_path))[1]) == ["no-compose-file"]
