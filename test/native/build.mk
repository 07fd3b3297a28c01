# SPDX-License-Identifier: MIT
# The native checkpoint tests: on a node of the build machine, and as images for the microkernel. One with all subjects but
# the large one, and one with that and a checkpointer that has few addresses.
$(eval $(call component,test/native/native,$(wildcard test/native/*.c) image/digest.c))
$(eval $(call component,rtcr_narrow,$(wildcard rtcr/*.c) $(filter-out %/room.c,$(wildcard rtcr/$(ARCH)/*.c)) \
	test/native/narrow/room.c $(IMAGE_SOURCES) $(IMAGE_WRITER)))

NATIVE_SERVERS := core init store_memory terminal_memory test/native/native
NATIVE_WIDE := $(NATIVE_SERVERS) rtcr_narrow wide
NATIVE_ALL := $(NATIVE_SERVERS) rtcr $(filter-out wide interrupts,$(NATIVE_SUBJECTS))

# $(call native_test,NAME,COMPONENTS,CONFIG,MORE): build/test/NAME, and NAME_arm with the image NAME, there with MORE: what needs
# a device.
define native_test
TESTS += $(O)/test/$(1) $(O)/test/$(1)_arm
$(O)/test/$(1): test/native/native.sh $(3) test/system/node.sh $(O)/bin/rtcr-node $(patsubst %,$(O)/component/%.elf,$(2))
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec sh %s %s %s %s\n' '$$(abspath $$<)' '$$(abspath $(O))' '$$(abspath $(3))' '$(2)' > $$@
	@chmod +x $$@
$(O)/test/$(1)_arm: test/native/build.mk
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$$(abspath test/native/armv7/native.sh)' '$$(abspath $(O)/arm/image/$(1).elf)' > $$@
	@chmod +x $$@
$(call arm_image,$(1),test,$(patsubst %,$(O)/component/%.elf,$(2) $(4)) $(3))
endef
$(eval $(call native_test,checkpoint-components,$(NATIVE_ALL),test/native/config,interrupts))
$(eval $(call native_test,checkpoint-wide,$(NATIVE_WIDE),test/native/narrow/config))

# What they cost: build/arm/image/bench-checkpoint.elf, run by test/bench/arm.sh.
$(eval $(call component,test/bench/checkpoint/measure,test/bench/checkpoint/measure.c rtcr/$(ARCH)/engine_cpu.c \
	$(filter-out test/native/main.c,$(wildcard test/native/*.c)) image/digest.c))
$(eval $(call arm_image,bench-checkpoint,test,$(patsubst %,$(O)/component/%.elf,core init rtcr store_memory terminal_memory \
	wide test/bench/checkpoint/measure) test/bench/checkpoint/config))

# On another board: on one of its cores, and with targets on three others than the checkpointer's; four take turns on one of the host's.
$(if $(filter armv7,$(KERNEL)),$(eval $(call component,test/native/cores/native,$(filter-out %/placing.c,$(wildcard test/native/*.c)) \
	test/native/cores/placing.c image/digest.c)))
$(eval $(call arm_image,checkpoint-components_vexpress,test,$(patsubst %,$(O)/component/%.elf,$(NATIVE_ALL) interrupts) \
	test/native/config,vexpress))
$(eval $(call arm_image,checkpoint-cores_vexpress,test,$(patsubst %,$(O)/component/%.elf,$(filter-out test/native/native,$(NATIVE_ALL)) \
	interrupts test/native/cores/native) test/native/config,vexpress))
$(eval $(call arm_test,checkpoint-components_vexpress,test/native/armv7/native.sh,checkpoint-components_vexpress,emulator_board=vexpress))
$(eval $(call arm_test,checkpoint-cores_vexpress,test/native/armv7/native.sh,checkpoint-cores_vexpress,$(CORES_TURNS)))
