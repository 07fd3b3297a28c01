# SPDX-License-Identifier: MIT
# Baselines that share no code with the system but the digest (build/bin/bench-*), workloads (build/bench-load/), and
# `make bench`; BENCH="--quick" or names of charts are handed on.
$(eval $(call host_program,bench-copy,test/bench/copy.c test/bench/sample.c))
$(eval $(call host_program,bench-floor,test/bench/floor.c test/bench/sample.c,-pthread))
$(eval $(call host_program,bench-fill,test/bench/fill.c test/bench/sample.c image/digest.c))
$(eval $(call host_program,bench-time,test/bench/time.c test/bench/sample.c))

# No sanitizer: it does not go with static linking.
$(O)/host/test/bench/memory.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE
$(O)/bench-load/memory: $(O)/host/test/bench/memory.o
	@mkdir -p $(@D)
	$(CC) -static $< -o $@
# The same for peers that need the dynamic linker.
$(O)/bench-load/memory-dynamic: $(O)/host/test/bench/memory.o
	@mkdir -p $(@D)
	$(CC) $< -o $@
-include $(O)/host/test/bench/memory.d
HOST_PROGRAMS += $(O)/bench-load/memory $(O)/bench-load/memory-dynamic
$(eval $(call component,test/bench/dataspaces,test/bench/dataspaces.c component/subject.c))

bench: all
	@test/bench/bench.sh $(BENCH) $(O)

TESTS += $(O)/test/bench-smoke
$(O)/test/bench-smoke: test/bench/smoke.sh $(wildcard test/bench/*.sh)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath $<)' '$(abspath $(O))' > $@
	@chmod +x $@

# `make bench-arm`: the kernel in the emulator, in instructions.
BENCH_ARM := $(O)/component/test/bench/armv7/bench.elf
BENCH_ARM_OBJECTS := $(patsubst %.c,$(O)/component/%.o,test/kernel/suite.c test/kernel/armv7/machine.c $(wildcard test/bench/armv7/*.c))
$(BENCH_ARM): $(BENCH_ARM_OBJECTS) $(FRAMEWORK_OBJECTS)
	@mkdir -p $(@D)
	$(CC) -nostdlib -static -Wl,--no-relax,--build-id=none,-z,noexecstack,-z,max-page-size=4096 \
		-Wl,-Ttext-segment=$(COMPONENT_BASE) $^ $(COMPONENT_LIBS) -o $@
-include $(BENCH_ARM_OBJECTS:.o=.d)
$(eval $(call arm_image,bench,test,$(BENCH_ARM)))
.PHONY: bench-arm
bench-arm: arm
	@test/bench/arm.sh $(BENCH) $(O)

# That it works and that no figure differs between two runs; what they are is not judged.
TESTS += $(O)/test/bench-arm
$(O)/test/bench-arm: test/bench/arm.sh
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath $<)' '$(abspath $(O))' > $@
	@chmod +x $@
