# SPDX-License-Identifier: MIT
# Drivers. They are built for every machine, and find no device on some.
UART := $(addprefix driver/uart/,main.c ring.c terminal.c) driver/device.c
$(eval $(call component,uart,$(UART) driver/uart/cadence.c))
$(eval $(call component,pl011/uart,$(UART) driver/uart/pl011.c))
$(eval $(call component,sd,driver/sd/main.c driver/sd/card.c driver/sd/sdhci.c driver/device.c server/buffer.c))
$(eval $(call component,gem,driver/gem/main.c driver/gem/gem.c driver/device.c server/buffer.c))
$(eval $(call test,sd_test,driver/sd/test_sd.c driver/sd/card.c driver/sd/sdhci.c,))
