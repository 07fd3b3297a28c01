# SPDX-License-Identifier: MIT
# Fuzz targets. Each is built twice, always with sanitizers: build/fuzz/NAME for libFuzzer (clang, make fuzz) and
# build/test/fuzz-NAME, which runs a fixed number of inputs in make check.
FUZZ_SECONDS := 60
COMMA := ,
FUZZ_CFLAGS := -std=gnu11 -O1 -g $(WARN) -Iinclude -Iinclude/arch/$(ARCH) -I. -D_GNU_SOURCE \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_KERNEL := $(addprefix test/fuzz/,kernel.c kernel_object.c kernel_domain.c kernel_device.c fail.c input.c heap.c) \
	kernel/object/object.c kernel/object/ipc.c
# core but for its start of init, and of the framework what it links; test/fuzz/core.c starts another first child.
FUZZ_CORE := $(filter-out core/init.c,$(wildcard core/*.c core/$(ARCH)/*.c)) \
	lib/rpc.c lib/slots.c lib/format.c test/fuzz/core.c test/fuzz/start.c

# The RTCR but for its loop; test/fuzz/services*.c stand behind what it calls.
include image/sources.mk
FUZZ_RTCR := $(filter-out rtcr/main.c,$(wildcard rtcr/*.c rtcr/$(ARCH)/*.c)) $(IMAGE_SOURCES) $(IMAGE_WRITER) \
	$(addprefix lib/,child.c elf.c env.c format.c lock.c log.c rom.c rpc.c server.c slots.c) \
	$(addprefix test/fuzz/,services.c services_memory.c services_store.c services_thread.c services_device.c rtcr_calls.c rtcr_check.c rtcr_devices.c rtcr_forge.c)

# $(call fuzz_target,NAME,SOURCES,FLAGS)
define fuzz_target
FUZZERS += $(O)/fuzz/$(1)
$(O)/fuzz/$(1): $(2) $(wildcard test/fuzz/*.h core/*.h rtcr/*.h include/*/*.h)
	@mkdir -p $$(@D)
	clang $$(FUZZ_CFLAGS) -fsanitize=fuzzer $$(filter %.c,$$^) $(3) -o $$@
TESTS += $(O)/test/fuzz-$(1)
$(O)/test/fuzz-$(1): $(2) test/fuzz/regress.c $(wildcard test/fuzz/*.h core/*.h rtcr/*.h include/*/*.h)
	@mkdir -p $$(@D)
	$$(CC) $$(FUZZ_CFLAGS) $$(filter %.c,$$^) $(3) -o $$@
endef

$(eval $(call fuzz_target,core,test/fuzz/fuzz_core.c $(FUZZ_KERNEL) $(FUZZ_CORE),-Wl$(COMMA)--wrap=range_give))
$(eval $(call fuzz_target,elf,test/fuzz/fuzz_elf.c test/fuzz/fail.c lib/elf.c))
$(eval $(call fuzz_target,bundle,test/fuzz/fuzz_bundle.c test/fuzz/fail.c rtcr/bundle.c))
$(eval $(call fuzz_target,rtcr,test/fuzz/fuzz_rtcr.c $(FUZZ_KERNEL) $(FUZZ_RTCR),\
	-Wl$(COMMA)--wrap=rpc_call$(COMMA)--wrap=image_write_record))

.PHONY: fuzz
fuzz: $(FUZZERS) $(O)/test/image_test
	@test/fuzz/run.sh $(O) $(FUZZ_SECONDS) $(notdir $(FUZZERS))
