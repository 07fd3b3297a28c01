# SPDX-License-Identifier: MIT
# The library OS, linked below the framework's place so that programs have everything under it.
$(eval $(call component,posix,$(wildcard posix/*.c posix/$(ARCH)/*.c posix/$(ARCH)/*.S),$(LIBRARY_BASE)))
