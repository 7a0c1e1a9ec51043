from conlink_compose.kernel.mark import doomed, is_ours, mark_of


def test_a_mark_is_a_positive_number_of_a_signed_group() -> None:
    assert all(0x63000000 <= mark_of(name) < 0x64000000 for name in ("", "a", "lab", "ä" * 99))


def test_projects_have_different_marks() -> None:
    assert mark_of("one") == mark_of("one") != mark_of("two")


def test_the_doomed_are_still_ours_and_nobody_elses() -> None:
    mark, other = mark_of("one"), mark_of("two")
    assert is_ours(mark, mark)
    assert is_ours(doomed(mark), mark)
    assert not is_ours(other, mark)
    assert not is_ours(doomed(other), mark)
    assert not is_ours(0, mark)
