# SPDX-License-Identifier: MIT
# Drivers. They are built for every machine, and find no device on some.
$(eval $(call component,uart,driver/uart/main.c driver/uart/uart.c driver/uart/terminal.c driver/device.c))
$(eval $(call component,sd,driver/sd/main.c driver/sd/card.c driver/sd/sdhci.c driver/device.c server/buffer.c))
$(eval $(call component,gem,driver/gem/main.c driver/gem/gem.c driver/device.c server/buffer.c))
