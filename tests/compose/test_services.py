import pytest

from tests.folder import tried


@pytest.mark.parametrize(
    ("text", "places", "services"),
    [
        (
            "services: {a: , b: [1], c: {image: x}}",
            [12, 17],
            {"a": {}, "b": {}, "c": {"image": "x"}},
        ),
        ("services: [a]", [1], {}),
        ("services: a", [1], {}),
        ("services: ", [], {}),
        ("services: {}", [], {}),
    ],
)
def test_what_is_no_service_is_told_and_read_as_an_empty_one(tmp_path, text, places, services):
    document, problems = tried(tmp_path, {"c.yaml": text})
    assert [(p.code, p.span.column if p.span else 0) for p in problems] == [
        ("bad-service", place) for place in places
    ]
    assert document is not None
    assert document.tree["services"] == services


def test_no_services_at_all_are_no_mistake(tmp_path):
    document, problems = tried(tmp_path, {"c.yaml": "x-conlink: {}"})
    assert problems == []
    assert document is not None
    assert "services" not in document.tree
