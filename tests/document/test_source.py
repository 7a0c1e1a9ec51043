import pytest

from conlink_compose.document.source import LARGEST, read_source


def read(folder, data: bytes):
    (folder / "f").write_bytes(data)
    return read_source("f", str(folder))


def test_byte_order_mark_and_line_ends_are_no_content(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n") == ("a: 1\nb: 2\nc: 3\n", [])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a\0b", "zero byte"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"a: 1\nb: \xff\n", "0xff"),
    ],
)
def test_what_is_no_text_is_said_to_be_none(tmp_path, data, words):
    text, [problem] = read(tmp_path, data)
    assert text is None
    assert problem.code == "not-text"
    assert words in problem.message


def test_a_bad_byte_is_placed_in_characters(tmp_path):
    _, [problem] = read(tmp_path, "\ufeffa: 1\né: ".encode() + b"\xff\n")
    assert str(problem.span) == "f:2:4"


def test_a_large_file_is_not_read(tmp_path):
    with (tmp_path / "f").open("wb") as file:
        file.truncate(3 * LARGEST)
    _, [problem] = read_source("f", str(tmp_path))
    assert "24.0 MB" in problem.message


def test_an_endless_device_is_not_read():
    _, [problem] = read_source("/dev/zero", "/")
    assert "more than 8 MB" in problem.message


def test_missing_folder_and_unreadable_are_told_apart(tmp_path):
    codes = [read_source(name, str(tmp_path))[1][0].code for name in ("gone", ".", "a\0b")]
    assert codes == ["file-not-found", "file-unreadable", "file-unreadable"]


def test_an_error_of_the_system_is_told():
    _, [problem] = read_source("/proc/self/mem", "/")
    assert problem.code == "file-unreadable"
    assert "input/output error" in problem.message
