# SPDX-License-Identifier: MIT
# Faults of the host, of components and of images. Each script has a node of its own.
$(eval $(call test,store_crash,test/faults/store_crash.c test/faults/disk.c server/store/file.c server/store/content.c image/digest.c lib/format.c,))

# $(call fault_script,NAME,PROGRAMS): build/test/faults-NAME
define fault_script
TESTS += $(O)/test/faults-$(1)
$(O)/test/faults-$(1): test/faults/$(1).sh test/faults/node.sh $(O)/bin/rtcr $(O)/bin/rtcr-node $(2) $$(COMPONENTS)
	@mkdir -p $$(@D)
	@printf '#!/bin/sh\nexec %s %s\n' '$(abspath test/faults/$(1).sh)' '$(abspath $(O))' > $$@
	@chmod +x $$@
endef
$(eval $(call fault_script,kill,))
$(eval $(call host_program,forge,test/faults/forge.c image/digest.c,))
$(eval $(call fault_script,image,$(O)/bin/forge))
$(eval $(call fault_script,store,))
# No sanitizer: they do not go with static linking.
$(O)/host/test/faults/freeing.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE
HOST_PROGRAMS += $(O)/programs/freeing
-include $(O)/host/test/faults/freeing.d
$(O)/programs/freeing: $(O)/host/test/faults/freeing.o
	@mkdir -p $(@D)
	$(CC) -static $< -o $@
$(eval $(call fault_script,stop,$(O)/programs/freeing))
