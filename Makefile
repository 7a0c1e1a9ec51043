# `make demo` and `make test` set a fresh machine up by themselves.
# `make check` is all that is quick: run it before every commit. `make fix` mends what ruff can mend.
UV_RUN = .ci/uv run --no-sync
.PHONY: demo test check fix bench bench-docker setup

demo: ; @.ci/setup run && .ci/demo
test: ; @.ci/setup test && .ci/test
check: ; @.ci/setup test && .ci/check
fix: ; @.ci/setup test && $(UV_RUN) ruff check -q --fix . ; $(UV_RUN) ruff format -q .
bench: ; @.ci/setup test && .ci/bench
bench-docker: ; @.ci/setup test && .ci/bench-docker
setup: ; @.ci/setup test
