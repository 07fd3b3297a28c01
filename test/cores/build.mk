# SPDX-License-Identifier: MIT
# Threads on several cores, on an emulated board with four; test/kernel/build.mk gives the frame.
CORES := $(O)/component/test/cores/cores.elf
$(if $(filter armv7,$(KERNEL)),$(eval $(call component,test/cores/cores,test/kernel/suite.c test/kernel/armv7/machine.c test/cores/cores.c)))
$(eval $(call arm_image,cores,trace,$(CORES),vexpress))
# Four cores that take turns on one core of the host, and two at the same time.
CORES_TURNS := emulator_board=vexpress emulator_options="-smp 4 -accel tcg,thread=single"
CORES_AT_ONCE := emulator_board=vexpress emulator_options="-smp 2 -accel tcg,thread=multi"
$(eval $(call arm_test,cores_turns,test/cores/run.sh,cores,$(CORES_TURNS)))
$(eval $(call arm_test,cores_at_once,test/cores/run.sh,cores,$(CORES_AT_ONCE)))
