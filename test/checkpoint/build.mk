# SPDX-License-Identifier: MIT
# Every .c file here and in the folder of the architecture is one subject: build/checkpoint/NAME, a static program of the C
# library.
# `make check` runs them natively through native.sh; storm.sh kills and restores them.
SUBJECT_SOURCES := $(sort $(wildcard test/checkpoint/*.c test/checkpoint/$(ARCH)/*.c))
SUBJECTS := $(patsubst %.c,$(O)/checkpoint/%,$(notdir $(SUBJECT_SOURCES)))

# No sanitizer: they do not go with static linking.
$(O)/host/test/checkpoint/%.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE
$(O)/checkpoint/%: $(O)/host/test/checkpoint/%.o
	@mkdir -p $(@D)
	$(CC) -static -pthread $< -o $@
$(O)/checkpoint/%: $(O)/host/test/checkpoint/$(ARCH)/%.o
	@mkdir -p $(@D)
	$(CC) -static -pthread $< -o $@
.SECONDARY: $(patsubst %.c,$(O)/host/%.o,$(SUBJECT_SOURCES))
-include $(patsubst %.c,$(O)/host/%.d,$(SUBJECT_SOURCES))

HOST_PROGRAMS += $(SUBJECTS)
TESTS += $(O)/test/checkpoint-native
$(O)/test/checkpoint-native: test/checkpoint/native.sh $(SUBJECTS)
	@mkdir -p $(@D)
	cp $< $@

TESTS += $(O)/test/storm
$(O)/test/storm: test/checkpoint/storm.sh $(SUBJECTS) $(PROGRAMS) $(O)/bin/rtcr $(O)/bin/rtcr-node
	@mkdir -p $(@D)
	printf '#!/bin/sh\nexec sh %s -n 2 -s 200 -N %s\n' '$(CURDIR)/$<' '$(abspath $(O))' >$@
	chmod +x $@
