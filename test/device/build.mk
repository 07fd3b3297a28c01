# SPDX-License-Identifier: MIT
# Drivers on the emulated board, each with a component that uses it and a script that plays what is at the other end.
$(eval $(call component,test/device/rules,test/device/rules.c test/device/check.c))
$(eval $(call component,test/device/card,test/device/card.c test/device/check.c))
$(eval $(call component,test/device/kept,test/device/kept.c test/device/check.c))
$(eval $(call component,test/device/frames,test/device/frames.c test/device/check.c))
$(eval $(call component,test/device/line,test/device/line.c test/device/check.c))

# $(call device_image,NAME,COMPONENTS,FILES), $(call device_test,NAME): build/test/device-NAME boots these with
# test/device/NAME/config.
define device_image
$(call arm_image,device-$(1),test,$(patsubst %,$(O)/component/%.elf,core init $(2)) test/device/$(1)/config $(3))
endef
define device_test
TESTS += $(O)/test/device-$(1)
$(O)/test/device-$(1): test/device/build.mk
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec %s %s %s\n' '$$(abspath test/device/$(1).sh)' '$$(abspath $(O)/arm/image/device-$(1).elf)' \
		'$$(abspath $(O))' > $$@
	@chmod +x $$@
endef
$(eval $(call device_image,rules,uart test/device/rules))
$(eval $(call device_test,rules))
$(eval $(call device_image,line,uart terminal_memory test/device/line))
$(eval $(call arm_image,device-line_vexpress,test,$(patsubst %,$(O)/component/%.elf,core init pl011/uart terminal_memory \
	test/device/line) test/device/line/config,vexpress))
$(eval $(call arm_test,device-line_vexpress,test/device/line.sh,device-line_vexpress,emulator_board=vexpress))
$(eval $(call device_test,line))
$(eval $(call device_image,card,sd test/device/card))
$(eval $(call device_test,card))
$(eval $(call device_image,kept,sd store_card test/device/kept))
$(eval $(call device_test,kept))
$(eval $(call device_image,frames,gem test/device/frames))
$(eval $(call device_test,frames))
ifdef NET_READY
$(eval $(call arm_image,device-net,test,$(ZYNQ_NODE)))
$(eval $(call device_image,far,gem store_far test/device/kept,test/device/far/files))
endif
$(eval $(call device_test,net))
$(eval $(call device_test,far))
$(O)/test/device-net: $(O)/bin/rtcr $(O)/bin/control-hostile $(O)/component/sheep.elf
$(O)/test/device-far: $(O)/bin/rtcr-files
