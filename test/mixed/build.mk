# SPDX-License-Identifier: MIT
# Partitions of different criticality on one core, in an emulator whose clock counts instructions.
MIXED := $(O)/component/test/mixed/mixed.elf
$(if $(filter armv7,$(KERNEL)),$(eval $(call component,test/mixed/mixed,test/kernel/suite.c test/kernel/armv7/machine.c test/mixed/mixed.c)))
$(eval $(call arm_image,mixed,test,$(MIXED)))
$(eval $(call arm_image,mixed_vexpress,test,$(MIXED),vexpress))
MIXED_CLOCK := emulator_options="-icount shift=4,sleep=off"
$(eval $(call arm_test,mixed_arm,test/kernel/armv7/run.sh,mixed,$(MIXED_CLOCK)))
$(eval $(call arm_test,mixed_vexpress,test/kernel/armv7/run.sh,mixed_vexpress,$(MIXED_CLOCK) emulator_board=vexpress))
