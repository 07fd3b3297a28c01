/* SPDX-License-Identifier: MIT */
/* lwIP's network interface, and its time: see stack.h. */
#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

#include "server/net/stack.h"
#include "server/net/wire.h"

enum { STEP_MOST_MS = 1000, FRAMES_EACH_STEP = 64 };

static struct netif interface;

u32_t sys_now(void)
{
	return wire_now_ms();
}

static err_t frame_send(struct netif *netif, struct pbuf *frame)
{
	(void)netif;
	if (frame->tot_len > WIRE_FRAME)
		return ERR_BUF;
	pbuf_copy_partial(frame, wire_place(), frame->tot_len, 0);
	return wire_send(frame->tot_len) ? ERR_OK : ERR_MEM;
}

static err_t interface_init(struct netif *netif)
{
	netif->name[0] = 'n';
	netif->name[1] = 'c';
	netif->mtu = WIRE_FRAME - SIZEOF_ETH_HDR;
	netif->hwaddr_len = WIRE_ADDRESS;
	netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
	netif->output = etharp_output;
	netif->linkoutput = frame_send;
	return ERR_OK;
}

static void address_changed(struct netif *netif)
{
	if (!ip4_addr_isany_val(*netif_ip4_addr(netif)))
		wire_say_address(ip4_addr_get_u32(netif_ip4_addr(netif)));
}

bool stack_start(void)
{
	if (!wire_start(interface.hwaddr))
		return false;
	lwip_init();
	if (!netif_add(&interface, NULL, NULL, NULL, NULL, interface_init, ethernet_input))
		return false;
	netif_set_default(&interface);
	netif_set_status_callback(&interface, address_changed);
	netif_set_up(&interface);
	return dhcp_start(&interface) == ERR_OK;
}

bool stack_has_address(void)
{
	return !ip4_addr_isany_val(*netif_ip4_addr(&interface));
}

uint32_t stack_step(void)
{
	const uint8_t *frame;
	uint32_t length, count = 0;

	while (count++ < FRAMES_EACH_STEP && (length = wire_receive(&frame))) {
		struct pbuf *pbuf = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);
		PBUF_CHECK_FREE_OOSEQ();   /* what came out of order gives way */
		if (!pbuf)
			continue;   /* lost, as on the wire */
		pbuf_take(pbuf, frame, (u16_t)length);
		if (interface.input(pbuf, &interface) != ERR_OK)
			pbuf_free(pbuf);
	}
	sys_check_timeouts();
	uint32_t wait = count > FRAMES_EACH_STEP ? 0 : sys_timeouts_sleeptime();
	return wait < STEP_MOST_MS ? wait : STEP_MOST_MS;
}
