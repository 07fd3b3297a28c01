# SPDX-License-Identifier: MIT
# Drivers. They are built for every machine, and find no device on some.
$(eval $(call component,uart,driver/uart/main.c driver/uart/uart.c driver/uart/terminal.c driver/device.c))
