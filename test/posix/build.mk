# SPDX-License-Identifier: MIT
# Every .c file here is one static program of system calls, build/posix/NAME, whose output must not depend on
# who answers them; compare.sh runs these and many others both ways.
CALL_CHECKS := $(patsubst test/posix/%.c,$(O)/posix/%,$(sort $(wildcard test/posix/*.c)))

# No sanitizer: they do not go with static linking.
$(O)/host/test/posix/%.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE
$(O)/posix/%: $(O)/host/test/posix/%.o
	@mkdir -p $(@D)
	$(CC) -static -pthread $< -lm -o $@
.SECONDARY: $(patsubst $(O)/posix/%,$(O)/host/test/posix/%.o,$(CALL_CHECKS))
-include $(patsubst $(O)/posix/%,$(O)/host/test/posix/%.d,$(CALL_CHECKS))

HOST_PROGRAMS += $(CALL_CHECKS)
TESTS += $(O)/test/posix
$(O)/test/posix: test/posix/compare.sh $(CALL_CHECKS) $(PROGRAMS) $(SUBJECTS) $(O)/bin/rtcr $(O)/bin/rtcr-node $(COMPONENTS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath test/posix/compare.sh)' '$(abspath $(O))' > $@
	@chmod +x $@

# The same programs on the microkernel: a component that runs them, see runner/runner.h.
$(eval $(call component,test/posix/runner,$(wildcard test/posix/runner/*.c) test/native/instance.c test/native/store.c image/digest.c))
