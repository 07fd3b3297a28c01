# SPDX-License-Identifier: MIT
# lwIP from Debian's source package (make deps), and what is linked with it. Where the source is missing, none of it is made.
LWIP := build/source/lwip
LWIP_SOURCES := $(addprefix $(LWIP)/src/,$(addprefix core/,def.c inet_chksum.c init.c ip.c mem.c memp.c netif.c pbuf.c \
	sys.c tcp.c tcp_in.c tcp_out.c timeouts.c udp.c ipv4/dhcp.c ipv4/etharp.c ipv4/icmp.c ipv4/ip4.c ipv4/ip4_addr.c \
	ipv4/ip4_frag.c) netif/ethernet.c)
# Headers of the C library have functions with floating point inside where they optimize.
LWIP_FLAGS := -Iserver/net/lwip -I$(LWIP)/src/include
NET := server/net/wire.c server/net/stack.c

$(O)/component/$(LWIP)/%.o: $(LWIP)/%.c
	@mkdir -p $(@D)
	$(CC) $(COMPONENT_CFLAGS) -w -U__OPTIMIZE__ $(LWIP_FLAGS) -c $< -o $@
$(addprefix $(O)/component/server/net/,stack.o socket.o host.o stream.o): COMPONENT_CFLAGS += -U__OPTIMIZE__ $(LWIP_FLAGS)

# The same for the host, for a test that plays the other machines.
$(O)/host/$(LWIP)/%.o: $(LWIP)/%.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -w $(LWIP_FLAGS) -c $< -o $@
$(addprefix $(O)/host/server/net/,stack.o socket.o host.o test_net.o): HOST_CFLAGS += $(LWIP_FLAGS)

ifneq ($(wildcard $(LWIP)/src/core/tcp.c),)
NET_READY := yes
$(eval $(call component,control_net,$(SERVER_CONTROL) server/sentence.c server/net/host.c server/net/socket.c $(NET) $(LWIP_SOURCES)))
$(eval $(call test,net_test,$(addprefix server/net/,test_net.c host.c socket.c stack.c) $(LWIP_SOURCES),))
SERVER_FAR := server/sentence.c server/far/host.c server/net/stream.c $(NET) $(LWIP_SOURCES)
$(eval $(call component,store_far,$(SERVER_STORE) $(SERVER_FAR)))
endif
