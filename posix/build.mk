# SPDX-License-Identifier: MIT
# The library OS, linked below the framework's place so that programs have everything under it.

# Names of all system calls of the machine, as the C library's headers have them: for those that are not supported.
CALL_NAMES := $(O)/generated/posix/call_names.c
$(CALL_NAMES): posix/build.mk
	@mkdir -p $(@D)
	{ printf '#include <asm/unistd.h>\n#include "posix/call.h"\nstatic const struct call_name all[] = {\n'; \
	  echo '#include <asm/unistd.h>' | $(CC) -E -dM - | \
		sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\t{__NR_\1, "\1"},/p' | sort; \
	  printf '};\nconst struct call_names call_names = {all, sizeof all / sizeof *all};\n'; } > $@

$(eval $(call component,posix,$(wildcard posix/*.c posix/$(ARCH)/*.c posix/$(ARCH)/*.S) $(CALL_NAMES),$(LIBRARY_BASE)))
