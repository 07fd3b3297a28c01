# SPDX-License-Identifier: MIT
# Hostile components, judged by one that suffers them, and a script that stops processes meanwhile.
$(eval $(call component,test/hostile/judge,test/hostile/judge.c))
$(eval $(call component,test/hostile/hostile,$(addprefix test/hostile/,hostile.c attack_kernel.c attack_service.c)))
$(eval $(call component,test/hostile/rogue,test/hostile/rogue.c))
$(eval $(call component,test/hostile/patient,test/hostile/patient.c))
$(eval $(call component,test/hostile/lender,test/hostile/lender.c))

TESTS += $(O)/test/hostile
$(O)/test/hostile: test/hostile/hostile.sh test/system/node.sh $(O)/bin/rtcr-node \
	$(patsubst %,$(O)/component/%.elf,core init sheep store_memory terminal_memory $(addprefix test/hostile/,judge hostile rogue patient lender))
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec sh %s %s\n' '$(abspath $<)' '$(abspath $(O))' > $@
	@chmod +x $@

# The RTCR, served requests by targets that are hostile.
$(eval $(call component,test/hostile/intruder,test/hostile/intruder.c component/subject.c))
TESTS += $(O)/test/hostile-target
$(O)/test/hostile-target: test/hostile/target.sh $(O)/bin/rtcr $(O)/bin/rtcr-node \
	$(patsubst %,$(O)/component/%.elf,core init rtcr posix store terminal control sheep test/hostile/intruder)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec sh %s %s\n' '$(abspath $<)' '$(abspath $(O))' > $@
	@chmod +x $@
