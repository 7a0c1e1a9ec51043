import pytest

from conlink_compose.compose.project_name import normalized, project_name
from tests.folder import loaded


@pytest.mark.parametrize(
    ("folder", "name"), [("My.Lab 2", "mylab2"), ("_-a_b-c", "a_b-c"), ("字", "")]
)
def test_a_folder_name_is_normalized(folder, name):
    assert normalized(folder) == name


def test_the_order_of_the_sources(tmp_path):
    folder = tmp_path / "My.Lab"
    plain = {"a.yaml": "services: {}\n"}
    named = {**plain, "b.yaml": "name: from-$X\n"}
    assert loaded(folder, plain).project == "mylab"
    assert loaded(folder, named, environ={"X": "file"}).project == "from-file"
    environ = {"X": "file", "COMPOSE_PROJECT_NAME": "env"}
    assert loaded(folder, named, environ=environ).project == "env"
    assert loaded(folder, named, environ=environ, project_name="option").project == "option"


def test_a_bad_name_is_told_and_mended():
    name, [problem] = project_name("My Lab", {}, [], "/x")
    assert name == "mylab"
    assert (problem.code, problem.help) == ("bad-project-name", "write `mylab`")


def test_the_files_may_ask_for_the_name(tmp_path):
    files = {"c.yaml": "name: lab\nx-a: ${COMPOSE_PROJECT_NAME}\n"}
    assert loaded(tmp_path, files).tree["x-a"] == "lab"
