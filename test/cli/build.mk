# SPDX-License-Identifier: MIT
# The command line and the control server, with a node of their own.
$(eval $(call host_program,control-hostile,test/cli/hostile.c,))
# No sanitizer: they do not go with static linking.
$(O)/host/test/cli/crash.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE
HOST_PROGRAMS += $(O)/programs/crash
-include $(O)/host/test/cli/crash.d
$(O)/programs/crash: $(O)/host/test/cli/crash.o
	@mkdir -p $(@D)
	$(CC) -static $< -o $@
TESTS += $(O)/test/cli
$(O)/test/cli: $(O)/programs/crash test/cli/test.sh $(O)/bin/rtcr $(O)/bin/rtcr-node $(O)/bin/control-hostile $(COMPONENTS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath test/cli/test.sh)' '$(abspath $(O))' > $@
	@chmod +x $@
