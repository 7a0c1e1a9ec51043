# `make check` before every commit; `make demo` and `make test` set a fresh machine up by themselves.
.PHONY: setup check test demo bench
setup:
	@.ci/setup
