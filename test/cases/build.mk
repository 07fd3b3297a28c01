# SPDX-License-Identifier: MIT
# The last test: both kernels ran the same cases.
LAST_TESTS += $(O)/test/same_cases
$(O)/test/same_cases: test/cases/compare.sh test/cases/differences
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s %s\n' '$(abspath $<)' '$(abspath $(O)/logs)' '$(abspath test/cases/differences)' > $@
	@chmod +x $@
