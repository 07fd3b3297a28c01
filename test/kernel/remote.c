/* SPDX-License-Identifier: MIT */
/* The kernel suite: remote calls by operation tables, with a server in another protection domain. */
#include <framework/memory.h>
#include <framework/rpc.h>

#include "test/kernel/suite.h"

struct probe_add_request {
	uint64_t left, right;
};
struct probe_add_reply {
	uint64_t sum;
};
RPC_EMPTY(probe_exchange_request);
struct probe_exchange_reply {
	uint32_t seen;
};

#define PROBE_OPERATIONS(X)                                                                        \
	X(probe, add, 0, 0)                                                                        \
	X(probe, exchange, 1, 1)
RPC_SERVICE(probe, PROBE_OPERATIONS)

enum { SERVER_RECEIVE = 10 };

static err_t handle_add(void *object, const struct probe_add_request *request, struct rpc_message *message,
                        struct probe_add_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)message;
	(void)caps_out;
	if (request->left == 0)
		return ERR_DENIED;
	reply->sum = request->left + request->right;
	return OK;
}

/* Signals what came in and hands the server's own signal back. */
static err_t handle_exchange(void *object, const struct probe_exchange_request *request, struct rpc_message *message,
                             struct probe_exchange_reply *reply, slot_t *caps_out)
{
	(void)object;
	(void)request;
	reply->seen = message->caps[0];
	caps_out[0] = PARTNER_SIGNAL;
	return signal_submit((signal_t){message->caps[0]});
}

static void partner_serve(addr_t unused)
{
	static const struct probe_handlers handlers = {.add = handle_add, .exchange = handle_exchange};
	static struct rpc_message message, reply;
	struct utcb *utcb = utcb_self();

	(void)unused;
	utcb->receive[0] = SERVER_RECEIVE;
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	while (err == OK) {
		rpc_receive(&message);
		err_t result = probe_dispatch(&handlers, NULL, &message, &reply);
		rpc_respond(result, &reply);
		if (message.caps[0] && cap_delete(PD_SELF, message.caps[0]) != OK)
			break;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	}
}

static void call_badly(ep_t client)
{
	struct utcb *utcb = utcb_self();
	static const struct {
		uint32_t opcode, words, caps;
		err_t expected;
	} calls[] = {{99, 1, 0, ERR_UNSUPPORTED}, {probe_op_add, 4, 0, ERR_ARGUMENT}, {probe_op_add, 1, 0, ERR_ARGUMENT},
	             {probe_op_add, 32, 0, ERR_ARGUMENT}, {probe_op_exchange, 1, 0, ERR_CAPABILITY},
	             {~0u, 0, 0, ERR_UNSUPPORTED}};

	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
		utcb->words[0] = calls[i].opcode;
		utcb->word_count = calls[i].words;
		utcb->cap_count = calls[i].caps;
		CHECK(ipc_call(client) == OK && utcb->word_count == 1 && utcb->words[0] == calls[i].expected);
	}
}

TEST(remote, "tables of operations give typed calls; capabilities travel both ways; bad requests get an error")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply_slot = object_make(KIND_REPLY), mine = object_make(KIND_SIGNAL);
	slot_t theirs = object_make(KIND_SIGNAL), got = slot_take();
	static struct partner server;
	struct probe_add_reply sum;
	struct probe_exchange_reply seen;
	uint32_t badges, count;

	partner_make(&server, partner_serve, 0, (ep_t){0});
	partner_give(&server, PARTNER_EP, ep, RIGHT_WAIT, 0);
	partner_give(&server, PARTNER_REPLY, reply_slot, RIGHT_ALL, 0);
	partner_give(&server, PARTNER_SIGNAL, theirs, RIGHT_SEND, 0);
	partner_start(&server);
	CHECK(probe_add((ep_t){ep}, &(struct probe_add_request){40, 2}, NULL, &sum, NULL) == OK && sum.sum == 42);
	CHECK(probe_add((ep_t){ep}, &(struct probe_add_request){0, 2}, NULL, &sum, NULL) == ERR_DENIED);
	for (int i = 0; i < 100; i++) {
		CHECK(probe_exchange((ep_t){ep}, &(struct probe_exchange_request){}, &mine, &seen, &got) == OK &&
		      seen.seen == SERVER_RECEIVE);
		CHECK(signal_submit((signal_t){got}) == OK && cap_delete(PD_SELF, got) == OK);
	}
	CHECK(signal_get((signal_t){mine}, &badges, &count) == OK && count == 100);
	CHECK(signal_get((signal_t){theirs}, &badges, &count) == OK && count == 100);
	call_badly((ep_t){ep});
	partner_end(&server);
	object_end(theirs);
	object_end(mine);
	object_end(reply_slot);
	object_end(ep);
}

/* Says what came as capability, and sends its endpoint back with the badge in words[0]. */
static void partner_mint(addr_t unused)
{
	struct utcb *utcb = utcb_self();

	(void)unused;
	utcb->receive[0] = SERVER_RECEIVE;
	err_t err = ipc_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	while (err == OK) {
		uint32_t badge = utcb->words[0];
		utcb->words[0] = utcb->known[0];
		utcb->words[1] = utcb->caps[0];
		if (utcb->caps[0] && cap_delete(PD_SELF, utcb->caps[0]) != OK)
			break;
		utcb->word_count = 2;
		utcb->caps[0] = PARTNER_EP;
		utcb->mint[0] = badge;
		utcb->cap_count = 1;
		err = ipc_reply_wait((ep_t){PARTNER_EP}, (reply_t){PARTNER_REPLY}, (signal_t){0}, DEADLINE_NEVER);
	}
}

/* Send capability `sent` with `mint`; the reply's capability, asked for with `badge`, into `got`. */
static void exchange(slot_t ep, slot_t sent, uint32_t mint, uint32_t badge, slot_t got)
{
	struct utcb *utcb = utcb_self();

	utcb->words[0] = badge;
	utcb->word_count = 1;
	utcb->caps[0] = sent;
	utcb->mint[0] = mint;
	utcb->cap_count = 1;
	utcb->receive[0] = got;
	CHECK(ipc_call((ep_t){ep}) == OK && utcb->word_count == 2);
	utcb->mint[0] = 0;
}

TEST(minted, "a capability gets its badge on the way, and one to the server's own endpoint arrives as its badge")
{
	slot_t ep = object_make(KIND_ENDPOINT), reply_slot = object_make(KIND_REPLY), signal = object_make(KIND_SIGNAL);
	slot_t got = slot_take(), weak = slot_take();
	const uint32_t *words = utcb_self()->words;
	static struct partner server;
	struct cap_entry entry;
	uint32_t count;
	slot_t next;

	CHECK(cap_copy(PD_SELF, signal, PD_SELF, weak, RIGHT_SEND, 0) == OK);
	partner_make(&server, partner_mint, 0, (ep_t){0});
	partner_give(&server, PARTNER_EP, ep, RIGHT_ALL, 0);
	partner_give(&server, PARTNER_REPLY, reply_slot, RIGHT_ALL, 0);
	partner_start(&server);
	exchange(ep, signal, 0, 77, got);
	CHECK(words[0] == 0 && words[1] == SERVER_RECEIVE && utcb_self()->caps[0] == got);
	CHECK(cap_list(PD_SELF, got, 1, &entry, &count, &next) == OK && entry.slot == got && entry.badge == 77);
	CHECK(entry.kind == KIND_ENDPOINT && entry.rights == RIGHT_SEND);
	exchange(ep, got, 0, 78, 0);
	CHECK(words[0] == 77 && words[1] == 0 && utcb_self()->caps[0] == 0);
	exchange(ep, weak, 5, 0, 0);
	CHECK(words[0] == 0 && words[1] == 0);
	exchange(ep, got, 5, 0, 0);
	CHECK(words[0] == 77);
	CHECK(cap_revoke_badge((cap_t){ep}, 77) == OK && cap_delete(PD_SELF, got) == ERR_CAPABILITY);
	CHECK(cap_delete(PD_SELF, weak) == OK);
	partner_end(&server);
	object_end(signal);
	object_end(reply_slot);
	object_end(ep);
}
