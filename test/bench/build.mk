# SPDX-License-Identifier: MIT
# Baselines that share no code with the system: build/bin/bench-copy and build/bin/bench-floor.
$(eval $(call host_program,bench-copy,test/bench/copy.c test/bench/sample.c))
$(eval $(call host_program,bench-floor,test/bench/floor.c test/bench/sample.c,-pthread))
