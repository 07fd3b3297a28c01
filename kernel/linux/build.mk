# SPDX-License-Identifier: MIT
# The hosted kernel: the kernel process (linked into the node) and the stub.

KERNEL_SOURCES := $(wildcard kernel/object/*.c kernel/linux/*.c)
KERNEL_OBJECTS := $(patsubst %.c,$(O)/host/%.o,$(KERNEL_SOURCES)) $(O)/host/kernel/linux/stub/image.o

STUB := $(O)/component/kernel/linux/stub/stub.elf
$(STUB): $(O)/component/kernel/linux/stub/entry.o $(O)/component/kernel/linux/stub/start.o kernel/linux/stub/stub.ld
	$(CC) -nostdlib -static -Wl,--no-relax,--build-id=none,-T,kernel/linux/stub/stub.ld \
		$(filter %.o,$^) -o $@
$(O)/host/kernel/linux/stub/image.o: kernel/linux/stub/image.S $(STUB)
	@mkdir -p $(@D)
	$(CC) -DSTUB_FILE='"$(STUB)"' -c $< -o $@
-include $(patsubst %.o,%.d,$(KERNEL_OBJECTS) $(KERNEL_USER_OBJECTS)) $(wildcard $(O)/component/kernel/linux/stub/*.d)
