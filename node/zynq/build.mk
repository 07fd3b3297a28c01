# SPDX-License-Identifier: MIT
# What boots on a board: build/arm/image/node.elf in the emulator, build/arm/uboot/node_667.img on a chip. Without the source of lwip (make deps) there is none.
ZYNQ_NODE := $(patsubst %,$(O)/component/%.elf,core init gem sd store_card terminal_memory uart control_net rtcr posix) \
	node/zynq/config
ifneq ($(wildcard build/source/lwip/src/core/tcp.c),)
$(eval $(call arm_image,node,halt,$(ZYNQ_NODE)))
$(eval $(call arm_image,node_667,halt,$(ZYNQ_NODE),zynq-667))
$(eval $(call arm_uboot,node_667))
endif
