from tests.folder import codes, loaded, service, tried


def test_a_service_begins_as_another_of_its_file(tmp_path):
    text = """services:
  base: {image: x, environment: {A: 1, B: 1}, x-conlink: {links: [{dev: a}]}}
  web: {extends: base, environment: [B=2], x-conlink: {links: [{dev: b}]}}
"""
    web = service(loaded(tmp_path, {"c.yaml": text}), "web")
    assert web == {
        "image": "x",
        "environment": ["A=1", "B=2"],
        "x-conlink": {"links": [{"dev": "a"}, {"dev": "b"}]},
    }


def test_paths_of_another_file_are_relative_to_it(tmp_path):
    files = {
        "c.yaml": "services: {web: {extends: {file: sub/f.yaml, service: f}}}\n",
        "sub/f.yaml": "services: {f: {extends: {file: ../g.yaml, service: g}, "
        "volumes: ['./v:/v', 'n:/n', {type: bind, source: w, target: /w}], "
        "env_file: [e, {path: d}]}}\n",
        "g.yaml": "services: {g: {volumes: ['./v:/g'], image: g}}\n",
    }
    web = service(loaded(tmp_path, files, files=("c.yaml",)), "web")
    bind = {"type": "bind", "source": f"{tmp_path}/sub/w", "target": "/w"}
    assert web == {
        "image": "g",
        "volumes": [f"{tmp_path}/v:/g", f"{tmp_path}/sub/v:/v", "n:/n", bind],
        "env_file": [f"{tmp_path}/sub/e", {"path": f"{tmp_path}/sub/d"}],
    }


def test_places_name_the_file_as_it_was_written(tmp_path):
    files = {
        "c.yaml": "services: {web: {extends: {file: sub/f.yaml, service: f}}}\n",
        "sub/f.yaml": "services:\n  f: {image: x}\n",
    }
    web = service(loaded(tmp_path, files, files=("c.yaml",)), "web")
    assert str(web.values_at["image"]) == "sub/f.yaml:2:14"


def test_reset_in_the_extending_service_takes_away(tmp_path):
    text = "services: {b: {image: x, ports: ['1:1']}, w: {extends: b, ports: !reset []}}\n"
    assert service(loaded(tmp_path, {"c.yaml": text}), "w") == {"image": "x"}


def test_a_ring_is_told_once_for_each_service_in_it(tmp_path):
    text = "services:\n  a: {extends: b}\n  b: {extends: {service: c}}\n  c: {extends: a}\n"
    _, problems = tried(tmp_path, {"c.yaml": text})
    assert codes(problems) == ["extends-cycle"]
    assert problems[0].message.endswith("a -> b -> c -> a")


def test_a_service_cannot_extend_itself(tmp_path):
    _, problems = tried(tmp_path, {"c.yaml": "services: {a: {extends: a}}\n"})
    assert codes(problems) == ["extends-cycle"]


def test_what_cannot_be_extended_is_told_at_its_name(tmp_path):
    text = """services:
  web: {image: x}
  a: {extends: wep}
  b: {extends: {service: x, file: gone.yaml}}
  c: {extends: [1]}
  d: {extends: {file: f.yaml}}
"""
    _, problems = tried(tmp_path, {"c.yaml": text})
    found = [(p.code, str(p.span)) for p in problems]
    assert found == [
        ("unknown-service", "c.yaml:3:16"),
        ("file-not-found", "c.yaml:4:35"),
        ("bad-extends", "c.yaml:5:16"),
        ("bad-extends", "c.yaml:6:16"),
    ]
    assert problems[0].help == 'did you mean "web"?'


def test_a_long_row_ends_in_a_sentence(tmp_path):
    rows = "".join(f"  s{i}: {{extends: s{i + 1}}}\n" for i in range(3000))
    _, problems = tried(tmp_path, {"c.yaml": f"services:\n{rows}  s3000: {{image: x}}\n"})
    assert "too-deep" in codes(problems)
