"""No file makes reading raise: whatever stands at a key of Compose, it ends in a sentence."""

import json
import string
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.compose.load import load
from conlink_compose.diagnostics import render
from conlink_compose.engines.sandbox.unhonoured import sandbox_warnings
from conlink_compose.workloads.reader import workloads
from tests.folder import request, write

KEYS = [
    *("command", "entrypoint", "environment", "env_file", "extends", "depends_on", "volumes"),
    *("ports", "extra_hosts", "sysctls", "restart", "deploy", "scale", "stop_signal", "profiles"),
    *("stop_grace_period", "hostname", "network_mode", "x-conlink", "image", "labels", "configs"),
]
INNER = [
    *("service", "file", "path", "type", "source", "target", "condition", "replicas", "required"),
    *("restart_policy", "links", "runtime", "a", "b", "published"),
]
WORDS = ["a", "b", "f0.yaml", "f1.yaml", "./a:/b", "${X", "$A", "${A:?x}", "-1", "", "bind", "1s"]
SCALARS = st.none() | st.booleans() | st.integers(-2, 99) | st.sampled_from(WORDS)
SCALARS |= st.text(string.printable, max_size=4)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=3)
    ),
    max_leaves=6,
)
SERVICES = VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "name": VALUES,
        "services": VALUES | st.dictionaries(st.sampled_from("ab"), SERVICES, max_size=2),
        "include": VALUES,
        "x-conlink": VALUES,
    },
)


@settings(max_examples=400, deadline=None)
@given(st.lists(FILES, min_size=1, max_size=3))
def test_no_compose_file_makes_it_raise(trees):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {f"f{index}.yaml": json.dumps(tree) for index, tree in enumerate(trees)}
        write(folder, files)
        document, problems = load(request(folder, {"A": "1"}, files=tuple(files)))
        if document is not None:
            problems += workloads(document)[1] + sandbox_warnings(document)
        for problem in problems:
            assert render(problem, files)
