# SPDX-License-Identifier: MIT
# The node daemon.
HOST_PROGRAMS += $(O)/bin/rtcr-node
$(O)/bin/rtcr-node: $(O)/host/node/main.o $(KERNEL_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(HOST_LDFLAGS) $^ -o $@
-include $(O)/host/node/main.d
