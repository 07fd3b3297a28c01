# SPDX-License-Identifier: MIT
# Faults of the host, of components and of images.
$(eval $(call test,store_crash,test/faults/store_crash.c test/faults/disk.c server/store/file.c lib/format.c,))
