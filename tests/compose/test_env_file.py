from conlink_compose.compose.env_file import read_env_file


def read(folder, text, **outer):
    (folder / "e").write_text(text)
    return read_env_file("e", str(folder), outer)


def test_forms_of_a_line(tmp_path):
    text = '# c\nA=1\nexport B=\'x $A\'\nC="a\\nb"\nD=a b # c\n\nE\nF=\nG="a\\$A"\n'
    expected = {"A": "1", "B": "x $A", "C": "a\nb", "D": "a b", "E": None, "F": "", "G": "a$A"}
    assert read(tmp_path, text) == (expected, [])


def test_variables_come_from_outside_and_from_lines_above(tmp_path):
    variables, _ = read(tmp_path, "A=file\nB=${A}-$X\nC=${Y:-d}\nD=pa$5s\n", A="outer", X="x")
    assert variables == {"A": "file", "B": "outer-x", "C": "d", "D": "pa$5s"}


def test_a_line_that_is_none_is_told(tmp_path):
    variables, [problem] = read(tmp_path, "A=1\n\nno line here\nB=2\n")
    assert variables == {"A": "1", "B": "2"}
    assert (problem.code, str(problem.span), problem.is_error) == ("bad-env-line", "e:3:1", False)
