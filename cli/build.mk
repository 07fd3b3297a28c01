# SPDX-License-Identifier: MIT
# The command line.
include image/sources.mk
$(eval $(call host_program,rtcr,$(sort $(wildcard cli/*.c)) lib/elf.c $(IMAGE_SOURCES) $(IMAGE_HOST),\
	$(IMAGE_LIBRARIES) -lseccomp))
