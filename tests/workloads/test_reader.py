import pytest

from conlink_compose.topology import Owner
from conlink_compose.workload import Mount, Restart
from conlink_compose.workloads.reader import workloads
from tests.folder import loaded


def read(folder, text, **words):
    return workloads(loaded(folder, {"c.yaml": text}, **words))


def one(folder, keys, **words):
    """The workload of a service with `keys`, in flow style."""
    found, problems = read(folder, f"services: {{s: {{{keys}}}}}\n", **words)
    assert problems == []
    return found[0]


def wrong(folder, keys):
    _, problems = read(folder, f"services: {{s: {{{keys}}}}}\n")
    return [(p.code, p.span.column if p.span else 0) for p in problems]


@pytest.mark.parametrize(
    ("keys", "field", "value"),
    [
        ("command: sh -c 'a b'", "argv", ("sh", "-c", "a b")),
        ("command: [a, b c, 5]", "argv", ("a", "b c", "5")),
        ("entrypoint: e 1, command: c", "argv", ("e", "1", "c")),
        ("image: x", "argv", ()),
        (
            "environment: {A: 1, B: true, C: 1.5}",
            "environment",
            (("A", "1"), ("B", "true"), ("C", "1.5")),
        ),
        ("environment: [A=1, B=, 'C=a=b']", "environment", (("A", "1"), ("B", ""), ("C", "a=b"))),
        ("working_dir: /w", "working_dir", "/w"),
        ("image: x", "working_dir", None),
        ("hostname: h", "hostname", "h"),
        (
            "extra_hosts: ['a:1.1.1.1', 'b=fd00::1', 'c:fd00::2', 'd=[::1]']",
            "extra_hosts",
            (("a", "1.1.1.1"), ("b", "fd00::1"), ("c", "fd00::2"), ("d", "::1")),
        ),
        ("extra_hosts: ['a=1.1.1.1,2.2.2.2']", "extra_hosts", (("a", "1.1.1.1"), ("a", "2.2.2.2"))),
        ("extra_hosts: {a: 1.1.1.1}", "extra_hosts", (("a", "1.1.1.1"),)),
        ("sysctls: {net.a: 1}", "sysctls", (("net.a", "1"),)),
        ("sysctls: [net.a=1]", "sysctls", (("net.a", "1"),)),
        ("restart: on-failure:3", "restart", Restart("on-failure", 3)),
        ("restart: no", "restart", Restart("no")),
        ("deploy: {restart_policy: {max_attempts: 2}}", "restart", Restart("always", 2)),
        ("deploy: {restart_policy: {condition: none}}", "restart", Restart("no")),
        ("stop_signal: SIGINT", "stop_signal", 2),
        ("stop_signal: usr1", "stop_signal", 10),
        ("stop_signal: 9", "stop_signal", 9),
        ("stop_signal: SIGRTMIN+3", "stop_signal", 37),
        ("stop_grace_period: 1m30s", "stop_grace", 90.0),
        ("stop_grace_period: 1d", "stop_grace", 86_400.0),
        ("volumes: ['/a:/b/../c/']", "mounts", (Mount("/a", "/c"),)),
        ("scale: 3", "replicas", 3),
        ("deploy: {replicas: 0}", "replicas", 0),
    ],
)
def test_a_key_becomes_a_field(tmp_path, keys, field, value):
    assert getattr(one(tmp_path, keys), field) == value


def test_bind_mounts_lie_below_the_project(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/u")
    keys = (
        "volumes: ['./a:/a', '~/b:/b:ro', '/c:/c:z,ro', 'n:/n', /anon, "
        "{type: bind, source: d, target: /d, read_only: true}, {type: tmpfs, target: /t}]"
    )
    assert one(tmp_path, keys).mounts == (
        Mount(f"{tmp_path}/a", "/a"),
        Mount("/home/u/b", "/b", read_only=True),
        Mount("/c", "/c", read_only=True),
        Mount(f"{tmp_path}/d", "/d", read_only=True),
    )


def test_env_files_come_first_and_names_alone_take_the_projects_value(tmp_path):
    (tmp_path / "e").write_text("A=file\nB=file\nP\nQ=${P}\n")
    keys = "env_file: [e, {path: gone, required: false}], environment: {A: own, P2: , GONE: }"
    found = one(tmp_path, keys, environ={"P": "p", "P2": "p2"})
    assert found.environment == (("A", "own"), ("B", "file"), ("P", "p"), ("Q", "p"), ("P2", "p2"))


def test_lines_of_env_files_refer_to_all_that_is_known(tmp_path):
    (tmp_path / "e").write_text("A=e\nB=$OWN $P\n")
    (tmp_path / "f").write_text("C=$A\nA=f\nD=$A\n")
    found = one(tmp_path, "env_file: [e, f], environment: {OWN: o, P: own}", environ={"P": "p"})
    expected = {"A": "f", "B": "o p", "C": "e", "D": "f", "OWN": "o", "P": "own"}
    assert dict(found.environment) == expected


@pytest.mark.parametrize("flag", ["true", '"yes"'])
def test_dependencies_in_both_forms_pass_over_the_network_service(tmp_path, flag):
    text = f"""services:
  net: {{x-conlink: {{runtime: {flag}}}}}
  db: {{}}
  a: {{depends_on: [db, net]}}
  b: {{depends_on: {{a: {{condition: service_started}}, gone: {{required: false}}}}}}
"""
    found, problems = read(tmp_path, text)
    assert problems == []
    assert {w.owner.name: w.depends_on for w in found} == {"db": (), "a": ("db",), "b": ("a",)}


def test_what_a_service_joins_starts_before_it(tmp_path):
    text = """services:
  net: {x-conlink: {runtime: true}}
  a: {links: [b, 'c:alias', net, gone], volumes_from: ['d:ro', 'container:x']}
  b: {network_mode: 'service:c', depends_on: [d]}
  c: {pid: 'service:d', ipc: host}
  d: {links: [d]}
"""
    found, problems = read(tmp_path, text)
    assert problems == []
    assert {w.owner.name: w.depends_on for w in found} == {
        "a": ("b", "c", "d"),
        "b": ("d", "c"),
        "c": ("d",),
        "d": (),
    }


def test_a_ring_by_links_is_told_at_the_service(tmp_path):
    _, [problem] = read(tmp_path, "services: {a: {links: [b]}, b: {links: [a]}}\n")
    assert (problem.code, str(problem.span)) == ("depends-cycle", "c.yaml:1:12")


def test_namespace_hosts_wait(tmp_path):
    found, _ = read(tmp_path, "x-conlink:\n  hosts:\n    h: {links: []}\n")
    assert [(w.owner, w.argv, str(w.span)) for w in found] == [
        (Owner("host", "h"), (), "c.yaml:3:5")
    ]


def test_rings_of_dependencies_are_told(tmp_path):
    text = """services:
  a: {depends_on: [b]}
  b: {depends_on: {c: {}}}
  c: {depends_on: [a, d]}
  d: {}
"""
    _, [problem] = read(tmp_path, text)
    assert problem.code == "depends-cycle"
    assert problem.message.endswith("a -> b -> c -> a")
    assert str(problem.span) == "c.yaml:2:20"


@pytest.mark.parametrize(
    ("keys", "code", "column"),
    [
        ('command: "a \'b"', "bad-command", 25),
        ("command: {a: 1}", "bad-value", 25),
        ("command: 5", "bad-value", 25),
        ("entrypoint: true", "bad-value", 28),
        ("command: [[a]]", "bad-value", 26),
        ("environment: x", "bad-value", 29),
        ("environment: {A: [1]}", "bad-value", 33),
        ("environment: [=x]", "bad-value", 30),
        ("environment: [A = x]", "bad-value", 30),
        ("env_file: gone", "file-not-found", 26),
        ("env_file: [{file: x}]", "bad-value", 27),
        ("extra_hosts: [a]", "bad-extra-host", 30),
        ("volumes: ['./a:b']", "bad-mount", 26),
        ("volumes: [{type: bind, target: /x}]", "bad-mount", 26),
        ("volumes: [{type: bnd, source: /x, target: /x}]", "bad-mount", 26),
        ("volumes: ['']", "bad-mount", 26),
        ("volumes: [':/x']", "bad-mount", 26),
        ("volumes: ['/x:']", "bad-mount", 26),
        ("restart: allways", "bad-restart", 25),
        ("restart: always:3", "bad-restart", 25),
        ("deploy: {restart_policy: {condition: x}}", "bad-restart", 53),
        ("stop_signal: SIGTREM", "bad-signal", 29),
        ("stop_signal: 99", "bad-signal", 29),
        ("stop_grace_period: 5", "bad-duration", 35),
        ("depends_on: [gone]", "unknown-service", 29),
        ("depends_on: gone", "bad-value", 28),
        ("depends_on: {gone: {required: false, condition: soon}}", "bad-value", 64),
        ("depends_on: {gone: {required: false, condition: [a]}}", "bad-value", 64),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path, keys, code, column):
    assert wrong(tmp_path, keys) == [(code, column)]
