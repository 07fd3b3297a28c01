# SPDX-License-Identifier: MIT
# Servers with a grant of host input and output.
$(eval $(call component,store,server/store/main.c server/store/file.c server/buffer.c server/host.c))
$(eval $(call component,terminal,server/terminal/main.c server/terminal/past.c server/buffer.c server/host.c))
$(eval $(call component,control,$(addprefix server/control/,main.c big_lock.c connection.c request.c work.c \
	component.c instance.c record.c image.c) server/host.c))
