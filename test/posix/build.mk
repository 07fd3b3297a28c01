# SPDX-License-Identifier: MIT
# Every .c file here is one static program of system calls, build/posix/NAME, whose output must not depend on
# who answers them; compare.sh runs these and many others both ways.
CALL_CHECKS := $(patsubst test/posix/%.c,$(O)/posix/%,$(sort $(wildcard test/posix/*.c)))

# No sanitizer: they do not go with static linking.
$(O)/host/test/posix/%.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE
$(O)/posix/%: $(O)/host/test/posix/%.o $(O)/host/test/posix/$(ARCH)/machine.o
	@mkdir -p $(@D)
	$(CC) -static -pthread $^ -lm -o $@
.SECONDARY: $(patsubst $(O)/posix/%,$(O)/host/test/posix/%.o,$(CALL_CHECKS)) $(O)/host/test/posix/$(ARCH)/machine.o
-include $(patsubst $(O)/posix/%,$(O)/host/test/posix/%.d,$(CALL_CHECKS) $(ARCH)/machine)

HOST_PROGRAMS += $(CALL_CHECKS)
TESTS += $(O)/test/posix
$(O)/test/posix: test/posix/compare.sh $(CALL_CHECKS) $(PROGRAMS) $(SUBJECTS) $(O)/bin/rtcr $(O)/bin/rtcr-node $(COMPONENTS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath test/posix/compare.sh)' '$(abspath $(O))' > $@
	@chmod +x $@

# The same programs on the microkernel: a component that runs them, see runner/runner.h.
$(eval $(call component,test/posix/runner,$(wildcard test/posix/runner/*.c) $(addprefix test/native/,instance.c placing.c say.c store.c) image/digest.c))

# On ARM an image holds them all, with data to work on; FOREIGN_PROGRAMS is there when tools/unpack.sh brought what they need.
PROGRAM_FOLDER := $(O)/programs-image
PROGRAM_DATA := seed text numbers sequence bytes text.gz text.bz2 text.xz archive.tar sums script files.lua locks.sql \
	$(foreach name,work long,$(addprefix $(name).,awk lua sql))
PROGRAM_FILES := $(addprefix $(PROGRAM_FOLDER)/,cases $(PROGRAM_DATA) busybox lua sqlite uv event \
	$(addprefix call-,$(notdir $(CALL_CHECKS))) $(addprefix subject-,$(notdir $(SUBJECTS))))
$(PROGRAM_FOLDER)/cases: test/posix/armv7/list.sh test/posix/cases.sh test/posix/script.sh test/posix/files.lua \
	test/posix/locks.sql $(wildcard test/programs/work.*) $(addprefix $(O)/programs/,lua sqlite uv event) $(CALL_CHECKS) $(SUBJECTS) $(FOREIGN_PROGRAMS)
	$< $(O) $(FOREIGN_PROGRAMS)/bin/busybox $(@D)
$(filter-out %/cases,$(PROGRAM_FILES)): $(PROGRAM_FOLDER)/cases ;
$(if $(FOREIGN_PROGRAMS),$(eval $(call arm_image,programs,test,$(patsubst %,$(O)/component/%.elf,core init rtcr posix \
	store_memory terminal_memory test/posix/runner) test/posix/runner/config $(PROGRAM_FILES))))

# `make storm-arm`: the storm, apart from `make check`. awk, Lua, SQLite and the subjects with more to do, each restored
# STORM times while it runs, some of the subjects once more with a priority above the RTCR's. With STORM_SEED=NUMBER kills are at
# the instants of an earlier run.
STORM := 20
STORM_ABOVE := bursts
STORM_NATIVE := $(filter-out wide interrupts,$(NATIVE_SUBJECTS))
STORM_HIT := program library_os blocked in_call faulting
STORM_FOLDER := $(O)/programs-storm
STORM_DATA := seed text numbers sequence $(foreach name,work long,$(addprefix $(name).,awk lua sql))
STORM_FILES := $(addprefix $(STORM_FOLDER)/,cases $(STORM_DATA) busybox lua sqlite uv event $(addprefix subject-,$(notdir $(SUBJECTS))))
$(STORM_FOLDER)/cases: $(PROGRAM_FOLDER)/cases test/posix/build.mk
	PARTS=works ROUNDS=$(STORM) STEPS=300 ABOVE="$(STORM_ABOVE)" NATIVE="$(STORM_NATIVE)" \
		test/posix/armv7/list.sh $(O) $(FOREIGN_PROGRAMS)/bin/busybox $(@D)
$(filter-out %/cases,$(STORM_FILES)): $(STORM_FOLDER)/cases ;
$(if $(FOREIGN_PROGRAMS),$(eval $(call arm_image,storm,test,$(patsubst %,$(O)/component/%.elf,core init rtcr posix \
	store_memory terminal_memory test/posix/runner $(STORM_NATIVE)) test/posix/runner/config $(STORM_FILES))))
.PHONY: storm-arm
storm-arm: arm all
	$(if $(STORM_SEED),echo $(STORM_SEED),od -An -N4 -tu4 /dev/urandom | tr -d ' ') >$(ARM_O)/programs-storm/seed
	@$(MAKE) --no-print-directory ARCH=armv7 O=$(ARM_O) $(ARM_O)/image/storm.elf
	LIMIT=1800 HIT="$(STORM_HIT)" test/posix/armv7/compare.sh $(abspath $(ARM_O)/image/storm.elf $(ARM_O)/programs-storm $(O))

# On another board, on cores 1 to 3, with the RTCR on core 0: the programs and subjects that are restored.
CORES_FOLDER := $(O)/programs-cores
CORES_FILES := $(patsubst $(STORM_FOLDER)/%,$(CORES_FOLDER)/%,$(STORM_FILES))
$(CORES_FOLDER)/cases: $(PROGRAM_FOLDER)/cases
	PARTS=works ROUNDS=2 test/posix/armv7/list.sh $(O) $(FOREIGN_PROGRAMS)/bin/busybox $(@D)
$(filter-out %/cases,$(CORES_FILES)): $(CORES_FOLDER)/cases ;
$(if $(filter armv7,$(KERNEL)),$(eval $(call component,test/posix/runner/cores/runner,$(wildcard test/posix/runner/*.c) \
	$(addprefix test/native/,instance.c cores/placing.c say.c store.c) image/digest.c)))
$(if $(FOREIGN_PROGRAMS),$(eval $(call arm_image,programs-cores,test,$(patsubst %,$(O)/component/%.elf,core init rtcr posix \
	store_memory terminal_memory test/posix/runner/cores/runner) test/posix/runner/config $(CORES_FILES),vexpress)))
TESTS += $(O)/test/posix-cores_vexpress
$(O)/test/posix-cores_vexpress: test/posix/build.mk
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec env %s %s %s %s %s\n' '$(CORES_TURNS)' \
		$(abspath test/posix/armv7/compare.sh $(O)/arm/image/programs-cores.elf $(O)/arm/programs-cores $(O)) > $@
	@chmod +x $@

TESTS += $(O)/test/posix_arm
$(O)/test/posix_arm: test/posix/build.mk $(CALL_CHECKS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s %s %s\n' '$(abspath test/posix/armv7/compare.sh)' \
		'$(abspath $(O)/arm/image/programs.elf)' '$(abspath $(O)/arm/programs-image)' '$(abspath $(O))' > $@
	@chmod +x $@
