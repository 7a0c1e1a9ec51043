from conlink_compose.reading import read
from conlink_compose.topology import Owner
from tests.folder import codes, request, write

GOOD = """services:
  web:
    command: sleep inf
    network_mode: none
    scale: 2
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
"""


def reading(folder, text, **words):
    write(folder, {"c.yaml": text})
    return read(request(folder, files=("c.yaml",), **words))


def test_a_good_file_gives_topology_and_workloads(tmp_path):
    found = reading(tmp_path, GOOD)
    assert found.diagnostics == ()
    assert found.topology is not None
    assert [link.bridge for link in found.topology.links] == ["lan"]
    [workload] = found.workloads
    assert (workload.owner, workload.replicas) == (Owner("service", "web"), 2)
    assert found.sources == {"c.yaml": GOOD}


def test_mistakes_of_every_stage_come_together_in_file_order(tmp_path):
    text = GOOD.replace("scale: 2", "scale: x").replace("bridge", "brigde") + "    restart: nevr\n"
    text += "    image: a\n    image: b\n"
    found = reading(tmp_path, text)
    assert found.topology is None
    assert codes(list(found.diagnostics)) == [
        "bad-value",
        "unknown-key",
        "bad-restart",
        "duplicate-key",
    ]


def test_a_warning_forbids_nothing(tmp_path):
    found = reading(tmp_path, GOOD + "    image: $X\n")
    assert codes(list(found.diagnostics)) == ["variable-unset"]
    assert found.topology is not None


def test_a_value_whose_variable_is_missing_is_told_once(tmp_path):
    found = reading(tmp_path, GOOD.replace("10.0.0.1/24", '"$X"').replace("sleep inf", "a '${X"))
    assert codes(list(found.diagnostics)) == ["bad-variable", "variable-unset"]


def test_the_text_of_a_broken_file_is_kept_for_the_excerpt(tmp_path):
    found = reading(tmp_path, "a: [\n")
    assert found.document is None
    assert found.sources == {"c.yaml": "a: [\n"}
