# SPDX-License-Identifier: MIT
# Targets for people: what must be installed, and the demonstration.
# Make itself ends with 2 on any failure; tools/dependencies.sh and tools/demo.sh document theirs.
.PHONY: deps deps-check foreign
deps:
	@tools/dependencies.sh install
	@tools/source.sh lwip build/source
	@tools/unpack.sh armhf tools/packages-armhf.txt $(O)/arm/root
# The same without root, for `make arm`; the test that needs them says so if they cannot be had.
foreign:
	-@tools/source.sh lwip build/source
	-@tools/unpack.sh armhf tools/packages-armhf.txt $(O)/arm/root
deps-check:
	@tools/dependencies.sh check
demo:
	@tools/dependencies.sh install
	@$(MAKE) --no-print-directory all
	@tools/demo.sh $(O)
demo-arm: deps
	@$(MAKE) --no-print-directory all arm
	@tools/demo_arm.sh $(O)
