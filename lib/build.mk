# SPDX-License-Identifier: MIT
# The framework: what every component links, with the kernel's calls.
FRAMEWORK_SOURCES := $(addprefix lib/,memory.c slots.c rpc.c elf.c format.c heap.c lock.c log.c env.c server.c child.c rom.c) \
	$(wildcard lib/$(ARCH)/*)
FRAMEWORK_MEMBERS = $(patsubst %,$(O)/component/%.o,$(basename $(FRAMEWORK_SOURCES))) $(KERNEL_USER_OBJECTS)
# An archive, so that core can bring its own memory and need not carry what asks a parent.
$(FRAMEWORK_OBJECTS): $(FRAMEWORK_MEMBERS)
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^

$(eval $(call test,framework_test,lib/test_elf.c lib/elf.c lib/slots.c,))
all: $(FRAMEWORK_OBJECTS)
-include $(patsubst %.o,%.d,$(FRAMEWORK_MEMBERS))
