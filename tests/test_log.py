"""What a service says on stderr, asked of a program of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from conlink_compose.log import configure

PROGRAM = """
import logging
from conlink_compose.log import configure
logger = logging.getLogger("some.module")
logger.info("before anybody asked")
configure("info")
logger.debug("too quiet")
logger.info("it is %d", 7)
configure("debug")
logger.debug("now it is said")
configure("error")
logger.warning("too quiet again")
"""
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (.*)")


def test_a_line_has_its_time_level_and_logger_and_the_last_level_holds() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert [found[1] for line in done.stderr.splitlines() if (found := LINE.fullmatch(line))] == [
        "INFO some.module: it is 7",
        "DEBUG some.module: now it is said",
    ]
    assert len(done.stderr.splitlines()) == 2


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="`loud` is no log level; there are debug, info, warning"):
        configure("loud")


def test_a_line_of_json_has_the_fields_of_its_own_too() -> None:
    program = """
import logging
from conlink_compose.log import FIELDS, configure
configure(form="json")
configure("debug")
log = logging.getLogger("some.module")
log.debug("it is %d", 7, extra={FIELDS: {"operation": {"verb": "add"}}})
try: 1 / 0
except ZeroDivisionError: log.exception("no")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    first, second = map(json.loads, done.stderr.splitlines())
    assert first.pop("time").endswith("Z")
    assert first == {
        "level": "debug",
        "logger": "some.module",
        "message": "it is 7",
        "operation": {"verb": "add"},
    }
    assert "ZeroDivisionError" in second["exception"]


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="`xml` is no form of a log; there are text, json"):
        configure(form="xml")
