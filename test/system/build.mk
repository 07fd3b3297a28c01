# SPDX-License-Identifier: MIT
# System tests: a node with components that exercise what is below them; scripts judge its log and output.

# $(call system_test,NAME,COMPONENTS): test/system/NAME.sh as build/test/system-NAME
define system_test
TESTS += $(O)/test/system-$(1)
$(O)/test/system-$(1): test/system/$(1).sh test/system/node.sh $(O)/bin/rtcr-node $(patsubst %,$(O)/component/%.elf,$(2))
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec sh %s %s\n' '$$(abspath $$<)' '$$(abspath $(O))' > $$@
	@chmod +x $$@
endef

$(eval $(call system_test,subjects,core init terminal sheep echo_pair maps signals caps))
