/* SPDX-License-Identifier: MIT */
/*
 * Remote procedure calls by operation tables.
 *
 * A service is a table of operations; a row names the operation and how many capabilities go in and come out:
 *
 *      #define LOG_OPERATIONS(X) X(log, write, 0, 0)
 *      struct log_write_request {...};   struct log_write_reply {...};   RPC_SERVICE(log, LOG_OPERATIONS)
 *
 * RPC_SERVICE makes the opcodes (log_op_write), a typed client function for each row (log_write), the struct of
 * handlers that a server fills in (struct log_handlers) and its dispatcher (log_dispatch). Requests and
 * replies are plain structs of fixed-width fields, at most RPC_PAYLOAD bytes.
 *
 *      words[0]   request: opcode     reply: err_t; after an error no payload and no capabilities count
 *      words[1..] payload             caps: in the order of the row
 *
 * The dispatcher checks opcode, length and the presence of capabilities before a handler is called; the
 * content of a request is for the handler to check. Capabilities that come in lie in the slots that the server
 * prepared in utcb->receive; a handler that keeps one takes its slot over (rpc_keep), the others go with the next message.
 */
#ifndef FRAMEWORK_RPC_H
#define FRAMEWORK_RPC_H

#include <kernel/err.h>
#include <kernel/message.h>
#include <kernel/types.h>

enum { RPC_PAYLOAD = (MESSAGE_WORDS - 1) * 4 };

/* A handler's caps_out[i] goes out with the badge caps_out[RPC_MINT + i], if that is not 0 (kernel/message.h). */
enum { RPC_MINT = MESSAGE_CAPS };

/* A request or reply without data. */
#define RPC_EMPTY(name)                                                                            \
	struct name {                                                                              \
		uint8_t nothing[0];                                                                \
	}

/* What a dispatcher is given and leaves behind. */
struct rpc_message {
	uint32_t opcode;
	uint32_t size;                           /* bytes of payload */
	uint32_t cap_count;
	slot_t caps[2 * MESSAGE_CAPS];           /* 0: did not come; from RPC_MINT on, in a reply: badges to mint */
	uint32_t known[MESSAGE_CAPS];            /* instead of a slot: the badge of a capability to the server's own endpoint */
	uint8_t payload[RPC_PAYLOAD] __attribute__((aligned(8)));
};

/*
 * Call `ep`. The `out` capabilities of the reply arrive in the empty slots that `caps_out` names. OK means that
 * the server answered OK and that reply and capabilities are there; ERR_GONE that it died meanwhile.
 */
err_t rpc_call(ep_t ep, uint32_t opcode, const void *request, uint32_t request_size, const slot_t *caps_in,
               uint32_t in, void *reply, uint32_t reply_size, const slot_t *caps_out, uint32_t out) MUST_CHECK;

/* The message that a wait brought, out of the caller's control block; and a reply into it. */
void rpc_receive(struct rpc_message *message);
void rpc_respond(err_t err, const struct rpc_message *reply);

/* Check a request against its row: exact payload size and `in` capabilities present. */
err_t rpc_check(const struct rpc_message *message, uint32_t size, uint32_t in) MUST_CHECK;

/* Take over an incoming capability with its slot. */
slot_t rpc_keep(struct rpc_message *message, uint32_t index);

#define RPC_OPCODE(service, name, in, out) service##_op_##name,
#define RPC_HANDLER(service, name, in, out)                                                          \
	err_t (*name)(void *object, const struct service##_##name##_request *request,              \
	              struct rpc_message *message, struct service##_##name##_reply *reply, slot_t *caps_out);
#define RPC_CLIENT(service, name, in, out)                                                           \
	_Static_assert(sizeof(struct service##_##name##_request) <= RPC_PAYLOAD, "payload");          \
	_Static_assert(sizeof(struct service##_##name##_reply) <= RPC_PAYLOAD, "payload");            \
	_Static_assert((in) <= MESSAGE_CAPS && (out) <= MESSAGE_CAPS, "capabilities");                \
	static inline MUST_CHECK __attribute__((unused)) err_t service##_##name(                    \
		ep_t session, const struct service##_##name##_request *request, const slot_t *caps_in,     \
		struct service##_##name##_reply *reply, const slot_t *caps_out)                            \
	{                                                                                                \
		return rpc_call(session, service##_op_##name, request, sizeof *request, caps_in, in, reply, \
		                sizeof *reply, caps_out, out);                                               \
	}
#define RPC_CASE(service, name, in, out)                                                             \
	case service##_op_##name: {                                                                      \
		struct service##_##name##_request request;                                                 \
		struct service##_##name##_reply result;                                                    \
		err = rpc_check(message, sizeof request, in);                                             \
		if (err != OK)                                                                           \
			return err;                                                                       \
		__builtin_memcpy(&request, message->payload, sizeof request);                             \
		__builtin_memset(&result, 0, sizeof result);                                              \
		__builtin_memset(reply->caps, 0, sizeof reply->caps);                                     \
		err = handlers->name(object, &request, message, &result, reply->caps);                    \
		if (err != OK)                                                                           \
			return err;                                                                       \
		__builtin_memcpy(reply->payload, &result, sizeof result);                                 \
		reply->size = sizeof result;                                                               \
		reply->cap_count = out;                                                                    \
		return OK;                                                                               \
	}

#define RPC_SERVICE(service, OPERATIONS)                                                           \
	enum service##_opcode { OPERATIONS(RPC_OPCODE) service##_op_count };                         \
	OPERATIONS(RPC_CLIENT)                                                                     \
	struct service##_handlers {                                                                \
		OPERATIONS(RPC_HANDLER)                                                                 \
	};                                                                                         \
	static inline MUST_CHECK __attribute__((unused)) err_t service##_dispatch(                \
		const struct service##_handlers *handlers, void *object, struct rpc_message *message,      \
		struct rpc_message *reply)                                                             \
	{                                                                                          \
		err_t err;                                                                           \
		switch (message->opcode) {                                                           \
			OPERATIONS(RPC_CASE)                                                             \
		default: return ERR_UNSUPPORTED;                                                     \
		}                                                                                    \
	}

#endif
