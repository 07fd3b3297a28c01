# SPDX-License-Identifier: MIT
# What boots on a board: build/arm/image/node.elf. Without the source of lwip (make deps) there is none.
ZYNQ_NODE := $(patsubst %,$(O)/component/%.elf,core init gem sd store_card terminal_memory uart control_net rtcr posix) \
	node/zynq/config
ifneq ($(wildcard build/source/lwip/src/core/tcp.c),)
$(eval $(call arm_image,node,halt,$(ZYNQ_NODE)))
endif
