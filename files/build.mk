# SPDX-License-Identifier: MIT
# The host's side of a board's files.
$(eval $(call host_program,rtcr-files,files/main.c files/table.c))
$(eval $(call test,files_test,files/test_table.c files/table.c))
