# SPDX-License-Identifier: MIT
# The command line and the control server, with a node of their own.
$(eval $(call host_program,control-hostile,test/cli/hostile.c,))
TESTS += $(O)/test/cli
$(O)/test/cli: test/cli/test.sh $(O)/bin/rtcr $(O)/bin/rtcr-node $(O)/bin/control-hostile $(COMPONENTS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath test/cli/test.sh)' '$(abspath $(O))' > $@
	@chmod +x $@
