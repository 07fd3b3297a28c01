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
$(eval $(call arm_image,mixed_vexpress,test,$(MIXED),vexpress))
MIXED_CLOCK := emulator_options="-icount shift=4,sleep=off"
$(eval $(call arm_test,mixed_arm,test/kernel/armv7/run.sh,mixed,$(MIXED_CLOCK)))
$(eval $(call arm_test,mixed_vexpress,test/kernel/armv7/run.sh,mixed_vexpress,$(MIXED_CLOCK) emulator_board=vexpress))
