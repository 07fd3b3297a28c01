# SPDX-License-Identifier: MIT
# Partitions of different criticality on one core, in an emulator whose clock counts instructions.
MIXED := $(O)/component/test/mixed/mixed.elf
MIXED_OBJECTS := $(patsubst %.c,$(O)/component/%.o,test/kernel/suite.c test/kernel/armv7/machine.c test/mixed/mixed.c)
$(MIXED): $(MIXED_OBJECTS) $(FRAMEWORK_OBJECTS)
	@mkdir -p $(@D)
	$(CC) -nostdlib -static -Wl,--no-relax,--build-id=none,-z,noexecstack,-z,max-page-size=4096 \
		-Wl,-Ttext-segment=$(COMPONENT_BASE) $^ $(COMPONENT_LIBS) -o $@
-include $(MIXED_OBJECTS:.o=.d)
$(eval $(call arm_image,mixed,test,$(MIXED)))

TESTS += $(O)/test/mixed_arm
$(O)/test/mixed_arm: test/mixed/build.mk
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec env emulator_options="-icount shift=4,sleep=off" %s %s\n' '$(abspath test/kernel/armv7/run.sh)' \
		'$(abspath $(O)/arm/image/mixed.elf)' > $@
	@chmod +x $@
