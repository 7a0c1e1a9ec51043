"""Whatever the file looks like: take the stretch that was added out, and it is the user's again."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.document.reader import parse
from conlink_compose.render.document import diff, render
from conlink_compose.render.injected import ROLE
from conlink_compose.render.raw_text import RawText
from conlink_compose.topology import Bridge, Topology
from tests.render.cases import AROUND

SMALL = Topology("lab", bridges=(Bridge("b"),))

COMMENTS = st.lists(
    st.one_of(
        st.just(""),
        st.just("   "),
        st.builds(
            lambda indent, text: " " * indent + text,
            st.integers(0, 9),
            st.sampled_from(["# a word", "#key: value", "#  - item", "#", "# {", "#'", "# äöü 😀"]),
        ),
    ),
    max_size=3,
)
SCALARS = st.sampled_from(
    ["x", "'it''s'", '"two words"', "1.5", "true", "~", "", "${A:-b}", "a#b  # comment", "*anchor"]
)
FLOWS = st.sampled_from(["[]", "{}", "[a, 'b']", "{a: 1, b: [c]}", "[\n          a,\n\n  b]"])
BLOCKS = st.sampled_from(["|", ">", "|-", ">-", "|+", ">+", "|  # comment"])


@st.composite
def values(draw: st.DrawFn, indent: int, step: int, dash: int) -> list[str]:
    """What stands behind a key at the column `indent`: the rest of its line, and more lines."""
    kind = draw(st.sampled_from(["scalar", "flow", "list", "map", "text"]))
    inner = " " * (indent + step)
    if kind == "scalar":
        return [" " + draw(SCALARS)]
    if kind == "flow":
        return [" " + draw(FLOWS).replace("\n", "\n" + inner)]
    if kind == "list":
        items = draw(st.lists(SCALARS.filter(bool), min_size=1, max_size=3))
        return ["", *draw(COMMENTS), *(" " * (indent + dash) + f"- {item}" for item in items)]
    if kind == "map":
        return ["", *draw(COMMENTS), f"{inner}p: {draw(SCALARS)}", f"{inner}q: {draw(FLOWS)}"]
    tail = draw(st.lists(st.just(""), max_size=2))
    return [" " + draw(BLOCKS), f"{inner}text #", "", f"{inner}  more", *tail]


@st.composite
def services(draw: st.DrawFn, indent: int, step: int, dash: int) -> list[str]:
    lines = []
    gap = draw(st.booleans())
    for name in ("web", "db", "worker")[: draw(st.integers(1, 3))]:
        lines += [""] if gap else []
        lines += draw(COMMENTS)
        if draw(st.booleans()):
            lines.append(" " * indent + name + ": {image: x, tty: true}")
            continue
        lines.append(" " * indent + name + ":")
        for key in ("image", "command", "labels")[: draw(st.integers(1, 3))]:
            inner = indent + step
            value = draw(values(inner, step, dash))
            lines += [" " * inner + key + ":" + value[0], *value[1:], *draw(COMMENTS)]
    return lines


@st.composite
def documents(draw: st.DrawFn) -> str:
    step = draw(st.integers(1, 5))
    dash = draw(st.integers(0, 4))
    lines = draw(COMMENTS)
    lines += ["x-a: &anchor [a]"]
    lines += draw(st.sampled_from([[], ["volumes:", " v:"], ["version: '3.7'", ""]]))
    head = draw(st.sampled_from(["services:", "services: # all of them", '"services":']))
    lines += [head, *draw(services(step, step, dash)), *draw(COMMENTS)]
    lines += draw(st.sampled_from([[], ["networks: {}"], ["", "networks:", "    n:"], ["..."]]))
    lines += draw(COMMENTS)
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    text = "\n".join(lines).replace("\n", line_end) + draw(st.sampled_from(["", line_end]))
    return draw(st.sampled_from(["", "\ufeff"])) + text


def readable(text: str) -> bool:
    root, problems = parse(RawText(text).normal, "f")
    return root is not None and not problems


@settings(max_examples=60, deadline=None)
@given(documents().filter(readable))
def test_the_rest_is_the_users_byte_for_byte(text: str) -> None:
    rendered, problems = render(text, "f", SMALL, AROUND)
    assert rendered is not None, (problems, text)
    added = len(rendered) - len(text)
    start = next(n for n in range(len(rendered)) if text[n : n + 1] != rendered[n])
    assert any(rendered[:n] + rendered[n + added :] == text for n in range(start + 1))
    assert not [line for line in diff(text, rendered, "f").split("\n")[2:] if line[:1] == "-"]
    assert render(rendered, "f", SMALL, AROUND) == (rendered, [])
    before, after = (yaml.load(each, yaml.CSafeLoader) for each in (text, rendered))
    ours = [name for name, service in after["services"].items() if ROLE in _labels(service)]
    assert ours == ["conlink-hub", "conlink"]
    for name in ours:
        del after["services"][name]
    assert repr(after) == repr(before)


def _labels(service: object) -> object:
    labels = service.get("labels") if isinstance(service, dict) else None
    return labels if isinstance(labels, dict) else ()
