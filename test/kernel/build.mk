# SPDX-License-Identifier: MIT
# The kernel suite: one source for every kernel. Here it is booted on the hosted one; build/arm/image/suite.elf boots it
# in an emulated machine.

SUITE := $(O)/component/test/kernel/suite.elf
SUITE_SOURCES := $(sort $(wildcard test/kernel/*.c test/kernel/$(ARCH)/*.c test/kernel/$(KERNEL)/hostile.c))
SUITE_OBJECTS := $(patsubst %.c,$(O)/component/%.o,$(SUITE_SOURCES))
$(SUITE): $(SUITE_OBJECTS) $(FRAMEWORK_OBJECTS)
	$(CC) -nostdlib -static -Wl,--no-relax,--build-id=none,-z,noexecstack,-z,max-page-size=4096 \
		-Wl,-Ttext-segment=$(COMPONENT_BASE) $^ $(COMPONENT_LIBS) -o $@
$(O)/bin/kernel_suite: $(O)/host/test/kernel/linux/run.o $(KERNEL_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) $^ -o $@
-include $(SUITE_OBJECTS:.o=.d) $(O)/host/test/kernel/linux/run.d

# What random calls begin with: `make check SEED=7` makes others.
SEED := 0
SUITE_SEED := $(O)/component/test/kernel/seed
.PHONY: seed
$(SUITE_SEED): seed
	@mkdir -p $(@D)
	@echo $(SEED) | cmp -s - $@ || echo $(SEED) > $@

# The suite ends with objects that nobody names any more: a kernel keeps these until they are destroyed.
TESTS += $(O)/test/kernel_suite
$(O)/test/kernel_suite: $(O)/bin/kernel_suite $(SUITE) $(SUITE_SEED)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nASAN_OPTIONS=detect_leaks=0 exec %s %s %s\n' $(abspath $(O)/bin/kernel_suite $(SUITE) $(SUITE_SEED)) > $@
	@chmod +x $@

$(eval $(call arm_image,suite,test,$(SUITE) $(SUITE_SEED)))
$(eval $(call arm_image,suite_vexpress,test,$(SUITE) $(SUITE_SEED),vexpress))
$(eval $(call arm_test,kernel_suite_arm,test/kernel/armv7/run.sh,suite))
$(eval $(call arm_test,kernel_suite_vexpress,test/kernel/armv7/run.sh,suite_vexpress,emulator_board=vexpress))
