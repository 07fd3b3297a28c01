# SPDX-License-Identifier: MIT
# The checkpointer, with the reader and writer of images compiled in.
include image/sources.mk
$(eval $(call component,rtcr,$(wildcard rtcr/*.c rtcr/$(ARCH)/*.c) $(IMAGE_SOURCES) $(IMAGE_WRITER)))
