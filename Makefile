# SPDX-License-Identifier: MIT
# RTCR: `make help` lists what can be asked for. Each folder says in its build.mk what it is made of;
# this file holds the three kinds of things that are built (see docs/building.md):
#   component   freestanding, statically linked at a fixed high address, runs on any kernel
#   host        ordinary program of the build machine: node, command line, tools
#   test        host program that `make check` runs; exit status 0 is a pass

MAKEFLAGS += --no-builtin-rules
ARCH   := x86_64
O      := build
CC     := gcc
OPT    := -O2 -g
SANITIZE :=
# Of each file that is made its name is shown; with V=1 the commands.
ifndef V
MAKEFLAGS += --silent
SHELL = $(if $(filter-out $(shown),$(filter $(O)/%,$@)),$(info $@)$(eval shown := $@))/bin/sh
endif

WARN   := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
COMMON := -std=gnu11 $(OPT) $(WARN) -Iinclude -Iinclude/arch/$(ARCH) -I. -MMD -MP
HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE $(SANITIZE)
HOST_LDFLAGS := $(SANITIZE)
include tools/$(ARCH).mk
COMPONENT_CFLAGS := $(COMMON) -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables $(COMPONENT_MACHINE)
KERNEL_USER_OBJECTS := $(patsubst %,$(O)/component/%.o,kernel/user/calls $(KERNEL_USER))
# What every component links, made by lib/build.mk.
FRAMEWORK_OBJECTS := $(O)/component/lib/framework.a

all: # whatever the fragments add
.PHONY: all check deps help clean demo bench
.DEFAULT_GOAL := all

help:
	@echo "make          build everything into $(O)/"
	@echo "make check    build and run all tests"
	@echo "make arm      build the microkernel and its images into $(O)/arm/"
	@echo "make uboot    build what U-Boot starts on a board into $(O)/arm/uboot/"
	@echo "make fuzz     feed images, programs, bundles and calls that are wrong, FUZZ_SECONDS each (clang)"
	@echo "make demo     run, checkpoint, kill and restore awk, Lua and SQLite"
	@echo "make demo-arm the same on the microkernel, on a board in the emulator"
	@echo "make storm-arm kill and restore awk, Lua, SQLite 20 times each on the microkernel, and the subjects"
	@echo "make bench    measure; tables and plots into $(O)/bench/"
	@echo "make bench-arm measure the microkernel in an emulator, in instructions"
	@echo "make deps     install what is needed (Debian packages)"
	@echo "CC=clang, OPT='-O1 -g', SANITIZE='-fsanitize=address,undefined' and O=DIR may be given; V=1 shows commands"

TESTS :=
# Tests of what the others wrote, into build/logs/.
LAST_TESTS :=
FUZZERS :=
HOST_PROGRAMS :=
COMPONENTS :=
# What else is built before tests run.
CHECK_ALSO :=

$(O)/host/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -c $< -o $@
$(O)/component/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMPONENT_CFLAGS) -c $< -o $@
$(O)/component/%.o: %.S
	@mkdir -p $(@D)
	$(CC) $(COMPONENT_CFLAGS) -c $< -o $@

# $(call host_program,NAME,SOURCES,LIBRARIES): build/bin/NAME
define host_program
HOST_PROGRAMS += $(O)/bin/$(1)
$(O)/bin/$(1): $$(patsubst %.c,$(O)/host/%.o,$(2))
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_LDFLAGS) $$^ $(3) -o $$@
-include $$(patsubst %.c,$(O)/host/%.d,$(2))
endef
# $(call test,NAME,SOURCES,LIBRARIES): build/test/NAME, run by `make check`
define test
TESTS += $(O)/test/$(1)
$(O)/test/$(1): $$(patsubst %.c,$(O)/host/%.o,$(2))
	@mkdir -p $$(@D)
	$$(CC) $$(HOST_LDFLAGS) $$^ $(3) -o $$@
-include $$(patsubst %.c,$(O)/host/%.d,$(2))
endef
# $(call component,NAME,SOURCES): build/component/NAME.elf.
define component
COMPONENTS += $(O)/component/$(1).elf
$(O)/component/$(1).elf: $$(patsubst %,$(O)/component/%.o,$$(basename $(2))) $$(FRAMEWORK_OBJECTS)
	@mkdir -p $$(@D)
	$$(CC) -nostdlib -static -Wl,--no-relax,--build-id=none,-z,noexecstack,-z,max-page-size=4096 \
		-Wl,-Ttext-segment=$$(if $(3),$(3),$(COMPONENT_BASE)) $$^ $(COMPONENT_LIBS) -o $$@
-include $$(patsubst %,$(O)/component/%.d,$$(basename $(2)))
endef

include $(sort $(wildcard */build.mk */*/build.mk))

all: $(HOST_PROGRAMS) $(COMPONENTS) $(TESTS) $(LAST_TESTS)

check: all $(CHECK_ALSO)
	@TEST_LOGS=$(O)/logs tools/check.sh $(sort $(TESTS)) $(LAST_TESTS)

clean:
	rm -rf $(O)
