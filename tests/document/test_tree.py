from conlink_compose.document.reader import parse
from conlink_compose.document.tree import Map


def tree(text: str) -> Map:
    root, _ = parse(text, "f")
    assert root is not None
    return root


def places(root: Map) -> dict[str, tuple[str, str]]:
    return {key: (str(root.keys_at[key]), str(root.values_at[key])) for key in root}


def test_a_part_keeps_the_places_and_leaves_the_whole_alone():
    root = tree("a: 1\nb: 2\nc: 3\n")
    part = root.only(["c", "a"])
    assert list(part.items()) == [("c", 3), ("a", 1)]
    assert places(part) == {"c": ("f:3:1", "f:3:4"), "a": ("f:1:1", "f:1:4")}
    assert (part.span, len(root)) == (root.span, 3)


def test_a_value_is_replaced_in_a_copy_at_the_old_place():
    root = tree("a: 1\nb: 2\n")
    changed = root.replaced({"b": 5})
    changed.take("c", tree("x: 0\nc: 3\n"))
    assert (root, changed) == ({"a": 1, "b": 2}, {"a": 1, "b": 5, "c": 3})
    assert places(changed) == {**places(root), "c": ("f:2:1", "f:2:4")}


def test_the_items_of_a_list_come_with_their_places():
    [items] = tree("a: [x, y]\n").values()
    assert [(value, str(at)) for value, at in items.placed()] == [("x", "f:1:5"), ("y", "f:1:8")]
