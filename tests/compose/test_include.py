from tests.folder import codes, loaded, service, tried, write


def test_services_of_an_included_file_join_with_their_own_paths_and_env(tmp_path):
    write(tmp_path, {"sub/.env": "V=sub\nW=sub\n", "sub/j.env": "V=j\n"})
    files = {
        "c.yaml": "include: [sub/i.yaml, "
        "{path: sub/j.yaml, project_directory: ., env_file: sub/j.env}]\n"
        "services: {a: {image: $V}}\n",
        "sub/i.yaml": "services: {i: {image: $V$W, volumes: ['./v:/v']}}\n",
        "sub/j.yaml": "services: {j: {image: $V, volumes: ['./v:/v']}}\n",
    }
    document = loaded(tmp_path, files, files=("c.yaml",), environ={"W": "outer"})
    assert service(document, "i") == {"image": "subouter", "volumes": [f"{tmp_path}/sub/v:/v"]}
    assert service(document, "j") == {"image": "j", "volumes": [f"{tmp_path}/v:/v"]}
    assert service(document, "a") == {"image": ""}


def test_names_alone_of_an_included_service_take_the_values_of_its_own_env_file(tmp_path):
    write(tmp_path, {"i.env": "A=0\n", "j.env": "A=1\n"})
    files = {
        "c.yaml": "include: [{path: i.yaml, env_file: [i.env, j.env]}]\n",
        "i.yaml": "services: {m: {environment: {A: , B: }}, l: {environment: [A, B, C=c]}}\n",
    }
    document = loaded(tmp_path, files, files=("c.yaml",))
    assert service(document, "m") == {"environment": {"A": "1", "B": None}}
    assert service(document, "l") == {"environment": ["A=1", "B", "C=c"]}


def test_its_own_block_is_dropped_with_a_warning_and_a_service_block_is_not(tmp_path):
    files = {
        "c.yaml": "include: [i.yaml]\n",
        "i.yaml": "x-conlink: {links: []}\nservices: {i: {x-conlink: {links: []}}}\n",
    }
    document, problems = tried(tmp_path, files, files=("c.yaml",))
    assert [(p.code, str(p.span), p.is_error) for p in problems] == [
        ("include-drops-block", "i.yaml:1:1", False)
    ]
    assert document is not None
    assert "x-conlink" not in document.tree
    assert "x-conlink" in service(document, "i")


def test_a_later_file_may_change_an_included_service_but_the_including_may_not(tmp_path):
    files = {
        "c.yaml": "include: [i.yaml]\n",
        "d.yaml": "services: {i: {image: new}}\n",
        "i.yaml": "services: {i: {image: old}}\n",
        "e.yaml": "include: [i.yaml]\nservices: {i: {image: new}}\n",
    }
    document = loaded(tmp_path, files, files=("c.yaml", "d.yaml"))
    assert service(document, "i") == {"image": "new"}
    _, problems = tried(tmp_path, files, files=("e.yaml",))
    assert [(p.code, str(p.span)) for p in problems] == [("include-conflict", "e.yaml:2:12")]


def test_several_paths_of_one_include_merge(tmp_path):
    files = {
        "c.yaml": "include: [{path: [i.yaml, j.yaml]}]\n",
        "i.yaml": "services: {i: {image: a, command: x}}\n",
        "j.yaml": "services: {i: {image: b}}\n",
    }
    assert service(loaded(tmp_path, files, files=("c.yaml",)), "i") == {
        "image": "b",
        "command": "x",
    }


def test_a_ring_of_files_is_told(tmp_path):
    files = {"c.yaml": "include: [sub/d.yaml]\n", "sub/d.yaml": "include: [../c.yaml]\n"}
    _, problems = tried(tmp_path, files, files=("c.yaml",))
    assert codes(problems) == ["include-cycle"]
    assert problems[0].message.endswith("c.yaml -> sub/d.yaml -> c.yaml")


def test_mistakes_are_told_where_they_stand(tmp_path):
    text = "include:\n  - gone.yaml\n  - {env_file: x}\n  - 5\n"
    _, problems = tried(tmp_path, {"c.yaml": text})
    assert sorted((p.code, str(p.span)) for p in problems) == [
        ("bad-include", "c.yaml:3:5"),
        ("bad-include", "c.yaml:4:5"),
        ("file-not-found", "c.yaml:2:5"),
    ]
