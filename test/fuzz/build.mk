# SPDX-License-Identifier: MIT
# Fuzz targets. Each is built twice, always with sanitizers: build/fuzz/NAME for libFuzzer (clang, make fuzz) and
# build/test/fuzz-NAME, which runs a fixed number of inputs in make check.
FUZZ_SECONDS := 60
FUZZ_CFLAGS := -std=gnu11 -O1 -g $(WARN) -Iinclude -Iinclude/arch/$(ARCH) -I. -D_GNU_SOURCE \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_KERNEL := $(addprefix test/fuzz/,kernel.c kernel_object.c kernel_domain.c fail.c input.c heap.c) \
	kernel/object/object.c kernel/object/ipc.c
# core but for its start of init, and of the framework what it links; test/fuzz/core.c starts another first child.
FUZZ_CORE := $(filter-out core/init.c,$(wildcard core/*.c core/$(ARCH)/*.c)) \
	lib/rpc.c lib/slots.c lib/format.c test/fuzz/core.c test/fuzz/start.c

# $(call fuzz_target,NAME,SOURCES)
define fuzz_target
FUZZERS += $(O)/fuzz/$(1)
$(O)/fuzz/$(1): $(2) $(wildcard test/fuzz/*.h core/*.h include/*/*.h)
	@mkdir -p $$(@D)
	clang $$(FUZZ_CFLAGS) -fsanitize=fuzzer $$(filter %.c,$$^) -o $$@
TESTS += $(O)/test/fuzz-$(1)
$(O)/test/fuzz-$(1): $(2) test/fuzz/regress.c $(wildcard test/fuzz/*.h core/*.h include/*/*.h)
	@mkdir -p $$(@D)
	$$(CC) $$(FUZZ_CFLAGS) $$(filter %.c,$$^) -o $$@
endef

$(eval $(call fuzz_target,core,test/fuzz/fuzz_core.c $(FUZZ_KERNEL) $(FUZZ_CORE)))
$(eval $(call fuzz_target,elf,test/fuzz/fuzz_elf.c test/fuzz/fail.c lib/elf.c))
$(eval $(call fuzz_target,bundle,test/fuzz/fuzz_bundle.c test/fuzz/fail.c rtcr/bundle.c))

.PHONY: fuzz
fuzz: $(FUZZERS) $(O)/test/image_test
	@test/fuzz/run.sh $(O) $(FUZZ_SECONDS) $(notdir $(FUZZERS))
