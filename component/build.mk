# SPDX-License-Identifier: MIT
# Every subject is one file over subject.c: build/component/NAME.elf.
NATIVE_SUBJECTS := sheep echo_pair maps signals caps threads wide interrupts
$(foreach name,$(NATIVE_SUBJECTS),$(eval $(call component,$(name),component/$(name).c component/subject.c)))
