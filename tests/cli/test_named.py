from conlink_compose.cli.named import named


def test_a_few_are_named_and_of_many_the_first() -> None:
    assert named(["a"]) == "a"
    assert named(f"n-{i}" for i in range(1, 9)) == "n-1, n-2, n-3, n-4, n-5, n-6, n-7, n-8"
    assert named(f"n-{i}" for i in range(1, 301)) == (
        "n-1, n-2, n-3, n-4, n-5, n-6, n-7 and 293 more"
    )
