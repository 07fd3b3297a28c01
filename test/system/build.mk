# SPDX-License-Identifier: MIT
# System tests: a node with components that exercise what is below them; scripts judge its log and output.
SYSTEM_SUITE := $(addprefix test/system/,suite.c access.c $(ARCH)/access.S quota.c maps.c faults.c children.c sessions.c \
	launcher.c arguments.c)
$(eval $(call component,test/system/suite,$(SYSTEM_SUITE)))
$(eval $(call component,test/system/tiny,test/system/tiny.c))
$(eval $(call component,test/system/guest,test/system/guest.c))
$(eval $(call component,test/system/echo,test/system/server.c))
$(eval $(call component,test/system/mortal,test/system/server.c))
$(eval $(call component,test/system/instance,test/system/server.c))

# $(call system_test,NAME,COMPONENTS): test/system/NAME.sh as build/test/system-NAME
define system_test
TESTS += $(O)/test/system-$(1)
$(O)/test/system-$(1): test/system/$(1).sh test/system/node.sh $(O)/bin/rtcr-node $(patsubst %,$(O)/component/%.elf,$(2))
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec sh %s %s\n' '$$(abspath $$<)' '$$(abspath $(O))' > $$@
	@chmod +x $$@
endef

$(eval $(call system_test,subjects,core init terminal $(NATIVE_SUBJECTS)))
SERVICES_COMPONENTS := $(addprefix test/system/,suite tiny guest echo mortal instance)
$(eval $(call system_test,services,core init $(SERVICES_COMPONENTS)))

# The same on the microkernel.
SERVICES := $(patsubst %,$(O)/component/%.elf,core init $(SERVICES_COMPONENTS)) test/system/services/config
$(eval $(call arm_image,services,test,$(SERVICES)))
$(eval $(call arm_uboot,services))
$(eval $(call arm_image,services_vexpress,test,$(SERVICES),vexpress))
$(eval $(call arm_test,system-services_arm,test/system/armv7/services.sh,services))
$(eval $(call arm_test,system-services_vexpress,test/system/armv7/services.sh,services_vexpress,emulator_board=vexpress))
$(eval $(call arm_image,subjects,test,$(patsubst %,$(O)/component/%.elf,core init terminal_memory $(filter-out wide interrupts,$(NATIVE_SUBJECTS))) \
	test/system/subjects/config))
$(eval $(call arm_test,system-subjects_arm,test/system/armv7/subjects.sh,subjects))
