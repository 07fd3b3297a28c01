# SPDX-License-Identifier: MIT
# Hostile components, judged by one that suffers them, and a script that stops processes meanwhile.
$(eval $(call component,test/hostile/judge,test/hostile/judge.c))
$(eval $(call component,test/hostile/hostile,$(addprefix test/hostile/,hostile.c attack_kernel.c attack_service.c)))
$(eval $(call component,test/hostile/rogue,test/hostile/rogue.c))
$(eval $(call component,test/hostile/patient,test/hostile/patient.c))

TESTS += $(O)/test/hostile
$(O)/test/hostile: test/hostile/hostile.sh test/system/node.sh $(O)/bin/rtcr-node \
	$(patsubst %,$(O)/component/%.elf,core init sheep $(addprefix test/hostile/,judge hostile rogue patient))
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec sh %s %s\n' '$(abspath $<)' '$(abspath $(O))' > $@
	@chmod +x $@
