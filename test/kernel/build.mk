# SPDX-License-Identifier: MIT
# The kernel suite: one source for every kernel, here booted on the hosted one.

SUITE := $(O)/component/test/kernel/suite.elf
SUITE_OBJECTS := $(patsubst %,$(O)/component/test/kernel/%.o,suite tests hostile scale remote)
$(SUITE): $(SUITE_OBJECTS) $(FRAMEWORK_OBJECTS)
	$(CC) -nostdlib -static -Wl,--no-relax,--build-id=none,-z,noexecstack,-z,max-page-size=4096 \
		-Wl,-Ttext-segment=$(COMPONENT_BASE) $^ -o $@
$(O)/bin/kernel_suite: $(O)/host/test/kernel/run.o $(KERNEL_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) $^ -o $@
-include $(SUITE_OBJECTS:.o=.d) $(O)/host/test/kernel/run.d

TESTS += $(O)/test/kernel_suite
$(O)/test/kernel_suite: $(O)/bin/kernel_suite $(SUITE)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath $(O)/bin/kernel_suite)' '$(abspath $(SUITE))' > $@
	@chmod +x $@
