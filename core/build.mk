# SPDX-License-Identifier: MIT
# core: the first component.
$(eval $(call component,core,$(wildcard core/*.c core/$(ARCH)/*.c)))
