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

static void partner_serve(uint64_t unused)
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
