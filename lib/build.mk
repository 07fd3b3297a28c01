# SPDX-License-Identifier: MIT
# The framework: what every component links, with the kernel's calls.
FRAMEWORK_SOURCES := lib/memory.c lib/slots.c lib/rpc.c lib/elf.c lib/$(ARCH)/copy.c
FRAMEWORK_OBJECTS = $(patsubst %.c,$(O)/component/%.o,$(FRAMEWORK_SOURCES)) $(KERNEL_USER_OBJECTS)

$(eval $(call test,framework_test,lib/test_elf.c lib/elf.c lib/slots.c,))
all: $(patsubst %.c,$(O)/component/%.o,$(FRAMEWORK_SOURCES))
-include $(patsubst %.c,$(O)/component/%.d,$(FRAMEWORK_SOURCES))
