# SPDX-License-Identifier: MIT
# The microkernel for ARMv7, and images: kernel and modules in one file. Nothing of it is built by `make all`; `make arm`
# runs make once more with ARCH=armv7.
# The board of images for which none is named.
BOARD := zynq
ARM_O := $(O)/arm

BOARDS := $(notdir $(wildcard kernel/armv7/board/*))
ARM_KERNEL_SOURCES := $(filter-out %/end_halt.c %/end_test.c %/end_trace.c %/emulator.c %/module.S,$(wildcard kernel/armv7/*.[cS])) \
	$(wildcard kernel/object/*.c) lib/memory.c lib/armv7/copy.c lib/armv7/division.c

# $(call board_folders,BOARD): its own, and for NAME-VARIANT that of NAME; headers of the variant come first.
board_folders = $(sort kernel/armv7/board/$(1) kernel/armv7/board/$(firstword $(subst -, ,$(1))))
board_path = -Ikernel/armv7/board/$(1) $(addprefix -I,$(call board_folders,$(1)))

# $(call arm_kernel,BOARD): the kernel for it, in build/arm/kernel/BOARD/.
define arm_kernel
ARM_KERNEL_$(1) := $$(patsubst %,$(O)/kernel/$(1)/%.o,$$(basename $(ARM_KERNEL_SOURCES) \
	$(wildcard $(addsuffix /*.c,$(call board_folders,$(1))))))
$(O)/kernel/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(CC) $$(COMPONENT_CFLAGS) $(call board_path,$(1)) -c $$< -o $$@
$(O)/kernel/$(1)/%.o: %.S
	@mkdir -p $$(@D)
	$$(CC) $$(COMPONENT_CFLAGS) $(call board_path,$(1)) -c $$< -o $$@
$(O)/kernel/$(1)/kernel.ld: kernel/armv7/kernel.ld kernel/armv7/layout.h $(wildcard $(addsuffix /*.h,$(call board_folders,$(1))))
	@mkdir -p $$(@D)
	$$(CC) -E -P -x assembler-with-cpp -I. $(call board_path,$(1)) $$< -o $$@
-include $$(ARM_KERNEL_$(1):.o=.d)
endef
$(foreach board,$(BOARDS),$(eval $(call arm_kernel,$(board))))

# $(call arm_image,NAME,END,MODULES,BOARD): build/arm/image/NAME.elf, that ends by END (halt, test, trace), for BOARD if it is given.
# What says which modules there are is made anew when a folder's build.mk changes.
define arm_image
arm-images: $(O)/image/$(1).elf
$(O)/image/$(1).list: $(3) $(lastword $(filter %/build.mk,$(MAKEFILE_LIST))) node/zynq/build.mk
	@mkdir -p $$(@D)
	@for file in $$(filter-out %.mk,$$^); do name=$$$${file##*/}; printf 'module "%s", "%s"\n' "$$$${name%.elf}" "$$$$file"; done > $$@
$(O)/image/$(1).o: kernel/armv7/module.S $(O)/image/$(1).list
	$$(CC) -c -Iinclude -DMODULES='"$(O)/image/$(1).list"' -Wa,-I. $$< -o $$@
$(O)/image/$(1).elf: $(ARM_KERNEL_$(or $(4),$(BOARD))) $(O)/kernel/$(or $(4),$(BOARD))/kernel/armv7/end_$(2).o $(O)/image/$(1).o \
		$(if $(filter halt,$(2)),,$(O)/kernel/$(or $(4),$(BOARD))/kernel/armv7/emulator.o) $(O)/kernel/$(or $(4),$(BOARD))/kernel.ld
	$$(CC) -nostdlib -static -no-pie -Wl,--build-id=none,-z,noexecstack,-z,max-page-size=4096,-T,$$(filter %.ld,$$^) \
		$$(filter %.o,$$^) -lgcc -o $$@
endef

# $(call arm_test,NAME,SCRIPT,IMAGE,SETTINGS): build/test/NAME boots an image by a script, with settings of test/emulator.sh.
define arm_test
TESTS += $(O)/test/$(1)
$(O)/test/$(1): kernel/armv7/build.mk
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec env %s %s %s\n' '$(4)' '$(abspath $(2))' '$(abspath $(O)/arm/image/$(3).elf)' > $$@
	@chmod +x $$@
endef

# $(call arm_uboot,NAME): build/arm/uboot/NAME.img, an image as U-Boot loads it (docs/boards.md), from build/arm/image/NAME.elf.
UBOOT_BASE := 0x00100000
define arm_uboot
arm-uboot: $(O)/uboot/$(1).img
$(O)/uboot/$(1).bin: $(O)/image/$(1).elf
	@mkdir -p $$(@D)
	$(OBJCOPY) -O binary $$< $$@
$(O)/uboot/$(1).img: $(O)/uboot/$(1).bin
	mkimage -A arm -O linux -T kernel -C none -a $(UBOOT_BASE) -e $(UBOOT_BASE) -n 'RTCR $(1)' -d $$< $$@ >/dev/null
endef
$(O)/uboot/boot.scr: kernel/armv7/board/zynq/boot.txt
	@mkdir -p $(@D)
	mkimage -A arm -O linux -T script -C none -n 'RTCR' -d $< $@ >/dev/null

.PHONY: arm arm-images uboot arm-uboot
arm: foreign
	@$(MAKE) --no-print-directory ARCH=armv7 O=$(ARM_O) arm-images
uboot:
	@command -v mkimage >/dev/null || { echo "mkimage is missing: make deps" >&2; exit 1; }
	@$(MAKE) --no-print-directory ARCH=armv7 O=$(ARM_O) arm-uboot
arm-uboot: $(O)/uboot/boot.scr

# `make check` builds the images where there is a compiler for them; where not, the test says what is missing.
CHECK_ALSO += $(if $(shell command -v arm-linux-gnueabihf-gcc),arm)

TESTS += $(O)/test/armv7_parts
ARMV7_PARTS := $(addprefix kernel/armv7/,test/parts.c pool.c timer_heap.c)
$(O)/test/armv7_parts: $(ARMV7_PARTS) $(wildcard kernel/armv7/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g $(WARN) -Iinclude -Iinclude/arch/armv7 -I. -fsanitize=address,undefined -fno-sanitize-recover=undefined \
		$(ARMV7_PARTS) -o $@

TESTS += $(O)/test/armv7_fast
ARMV7_FAST := $(addprefix kernel/armv7/,test/fast.c core.c rewind.c fast.c timer_heap.c) kernel/object/ipc.c kernel/object/call_ipc.c \
	kernel/object/object.c
$(O)/test/armv7_fast: $(ARMV7_FAST) kernel/armv7/schedule.c kernel/armv7/timer.c $(wildcard kernel/armv7/*.h kernel/object/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g $(WARN) -Ikernel/armv7/test/host $(call board_path,$(BOARD)) -Iinclude -Iinclude/arch/armv7 -I. \
		-fsanitize=address,undefined -fno-sanitize-recover=undefined $(ARMV7_FAST) -o $@

TESTS += $(O)/test/armv7_stopped
ARMV7_STOPPED := $(addprefix kernel/armv7/,test/stopped.c trap.c work.c rewind.c)
$(O)/test/armv7_stopped: $(ARMV7_STOPPED) $(wildcard kernel/armv7/*.h kernel/object/*.h)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O1 -g $(WARN) -Ikernel/armv7/test/host $(call board_path,$(BOARD)) -Iinclude -Iinclude/arch/armv7 -I. \
		-fsanitize=address,undefined -fno-sanitize-recover=undefined $(ARMV7_STOPPED) -o $@
