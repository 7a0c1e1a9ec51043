"""The override file is read as it was meant, by the rules of YAML 1.1 and 1.2."""

from __future__ import annotations

import yaml
from ruamel.yaml import YAML

from conlink_compose.render.override import override

ODD = {
    "on": {
        "image": "a${B}$c",
        "entrypoint": [
            "yes",
            "-x",
            "1:2",
            "22:22",
            "~",
            "null",
            "0o7",
            "1_0",
            "=",
            "<<",
            " a ",
            "",
        ],
        "labels": {"y": "no", "12": "0x1", "a b": 'it\'s "so": #1', "n.a-b/c": "line\nbreak"},
        "read_only": True,
        "retries": 3,
    }
}


def test_every_text_stays_a_text_and_no_variable_is_filled_in() -> None:
    text = override(ODD, "3.7")
    meant = {"version": "3.7", "services": {"on": {**ODD["on"], "image": "a$${B}$$c"}}}
    assert yaml.safe_load(text) == meant
    assert YAML(typ="safe", pure=True).load(text) == meant


def test_without_a_version_there_is_none() -> None:
    assert "version" not in yaml.safe_load(override(ODD, None))


def test_a_long_variable_stays_on_one_line() -> None:
    packed = "A/" * 40_000
    text = override({"conlink": {"environment": {"CONLINK_TOPOLOGY_0": packed}}}, "2.4")
    assert f'CONLINK_TOPOLOGY_0: "{packed}"\n' in text
