# SPDX-License-Identifier: MIT
# Targets for people: what must be installed, and the demonstration.
# Make itself ends with 2 on any failure; tools/dependencies.sh and tools/demo.sh document theirs.
.PHONY: deps deps-check
deps:
	@tools/dependencies.sh install
	@tools/source.sh lwip build/source
deps-check:
	@tools/dependencies.sh check
demo:
	@tools/dependencies.sh install
	@$(MAKE) --no-print-directory all
	@tools/demo.sh $(O)
