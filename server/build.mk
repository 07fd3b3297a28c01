# SPDX-License-Identifier: MIT
# Servers, with the host behind them or, where their name says so, with memory of their own or a card in its place.
SERVER_HOST := server/sentence.c server/host.c
SERVER_MEMORY := $(addprefix server/,sentence.c memory.c content.c)
SERVER_CARD := server/sentence.c $(addprefix server/card/,host.c volume.c units.c disk.c) image/digest.c
include image/sources.mk
SERVER_STORE := $(addprefix server/,$(addprefix store/,main.c file.c content.c collect.c) buffer.c) $(IMAGE_SOURCES)
SERVER_CONTROL := $(addprefix server/control/,main.c connection.c patience.c body.c request.c work.c \
	component.c instance.c record.c fate.c image.c)
SERVER_TERMINAL := $(addprefix server/,terminal/main.c terminal/fate.c terminal/past.c buffer.c)
$(eval $(call component,store,$(SERVER_STORE) $(SERVER_HOST)))
$(eval $(call component,terminal,$(SERVER_TERMINAL) $(SERVER_HOST)))
$(eval $(call component,store_memory,$(SERVER_STORE) $(SERVER_MEMORY)))
$(eval $(call component,terminal_memory,$(SERVER_TERMINAL) $(SERVER_MEMORY)))
$(eval $(call component,store_card,$(SERVER_STORE) $(SERVER_CARD)))
$(eval $(call component,terminal_card,$(SERVER_TERMINAL) $(SERVER_CARD)))
$(eval $(call component,control,$(SERVER_CONTROL) $(SERVER_HOST)))
$(eval $(call test,card_test,$(addprefix server/card/,test_card.c host.c volume.c units.c) image/digest.c lib/format.c,))
$(eval $(call test,memory_test,server/test_memory.c server/memory.c server/content.c lib/format.c,))
