import pytest

from conlink_compose.compose.locate import NAMES, locate, normalized, project_name
from tests.folder import loaded, request, write


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_names_are_found_with_their_override(tmp_path, name):
    write(tmp_path, {name: "", "compose.override.yaml": ""})
    assert locate(request(tmp_path)).files == (name, "compose.override.yaml")


def test_the_first_name_wins(tmp_path):
    write(tmp_path, dict.fromkeys(NAMES, ""))
    assert locate(request(tmp_path)).files == ("compose.yaml",)


def test_a_folder_above_is_searched_and_is_the_project(tmp_path):
    write(tmp_path, {"compose.yml": "", ".env": "A=up\n", "a/b/.env": "A=here\nB=here\n"})
    located = locate(request(tmp_path / "a/b"))
    assert located.files == ("../../compose.yml",)
    assert located.directory == str(tmp_path)
    assert located.environment == {"A": "here", "B": "here"}


def test_no_file_is_told(tmp_path):
    located = locate(request(tmp_path))
    assert located.files == ()
    assert [problem.code for problem in located.diagnostics] == ["no-compose-file"]


def test_the_command_line_wins_over_the_environment(tmp_path):
    environ = {"COMPOSE_FILE": "x.yaml:y.yaml"}
    assert locate(request(tmp_path, environ)).files == ("x.yaml", "y.yaml")
    assert locate(request(tmp_path, environ, files=("z.yaml",))).files == ("z.yaml",)
    environ["COMPOSE_PATH_SEPARATOR"] = ";"
    environ["COMPOSE_FILE"] = "x.yaml;y:z.yaml"
    assert locate(request(tmp_path, environ)).files == ("x.yaml", "y:z.yaml")


def test_dotenv_may_name_the_files_and_the_process_wins_over_it(tmp_path):
    write(tmp_path, {".env": "COMPOSE_FILE=sub/c.yaml\nA=file\nB=file\n", "sub/.env": "C=sub\n"})
    located = locate(request(tmp_path, {"A": "process"}))
    assert located.files == ("sub/c.yaml",)
    assert located.directory == str(tmp_path / "sub")
    expected = {"COMPOSE_FILE": "sub/c.yaml", "A": "process", "B": "file", "C": "sub"}
    assert located.environment == expected


def test_env_files_replace_dotenv_and_later_ones_win(tmp_path):
    write(tmp_path, {".env": "A=dot\n", "1": "A=1\nB=1\n", "2": "A=2\nC=${B}3\n"})
    asked = request(tmp_path, files=("c.yaml",), env_files=("1", "2"))
    assert locate(asked).environment == {"A": "2", "B": "1", "C": "13"}


def test_a_missing_env_file_is_told_once(tmp_path):
    asked = request(tmp_path, files=("c.yaml",), env_files=("gone",))
    assert [problem.code for problem in locate(asked).diagnostics] == ["file-not-found"]


def test_stdin_has_a_name_and_the_working_directory(tmp_path):
    located = locate(request(tmp_path, files=("-",)))
    assert located.files == ("<stdin>",)
    assert located.directory == str(tmp_path)


def test_the_project_directory_can_be_chosen(tmp_path):
    write(tmp_path, {"p/.env": "A=p\n"})
    located = locate(request(tmp_path, files=("x/c.yaml",), project_directory="p"))
    assert located.directory == str(tmp_path / "p")
    assert located.environment == {"A": "p"}


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
