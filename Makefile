# `make demo` and `make test` set a fresh machine up by themselves.
# `make check` is all that is quick: run it before every commit.
UV_RUN = .ci/uv run --no-sync
.PHONY: demo test check bench setup

demo: ; @.ci/setup run && .ci/demo
test: ; @.ci/setup test && .ci/test
check: ; @.ci/setup test && .ci/check
bench: ; @.ci/setup test && $(UV_RUN) python bench/attach.py
setup: ; @.ci/setup test
