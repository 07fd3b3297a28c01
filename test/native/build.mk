# SPDX-License-Identifier: MIT
# The native checkpoint tests: on a node of the build machine, and as an image for the microkernel.
$(eval $(call component,test/native/native,$(wildcard test/native/*.c) image/digest.c))
NATIVE_COMPONENTS := core init rtcr store_memory terminal_memory $(NATIVE_SUBJECTS) test/native/native
NATIVE_ELFS := $(patsubst %,$(O)/component/%.elf,$(NATIVE_COMPONENTS))

TESTS += $(O)/test/checkpoint-components
$(O)/test/checkpoint-components: test/native/native.sh test/native/config test/system/node.sh $(O)/bin/rtcr-node $(NATIVE_ELFS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec sh %s %s\n' '$(abspath $<)' '$(abspath $(O))' > $@
	@chmod +x $@

$(eval $(call arm_image,native,test,$(NATIVE_ELFS) test/native/config))
TESTS += $(O)/test/checkpoint-components_arm
$(O)/test/checkpoint-components_arm: test/native/build.mk
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath test/native/armv7/native.sh)' '$(abspath $(O)/arm/image/native.elf)' > $@
	@chmod +x $@
