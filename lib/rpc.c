/* SPDX-License-Identifier: MIT */
/* Remote procedure calls over messages, see framework/rpc.h. */
#include <framework/memory.h>
#include <framework/rpc.h>
#include <kernel/ipc.h>
#include <kernel/machine.h>

static uint32_t words_of(uint32_t size)
{
	return 1 + (size + 3) / 4;
}

static void receive_slots(struct utcb *utcb, const slot_t *slots, uint32_t count)
{
	for (uint32_t i = 0; i < MESSAGE_CAPS; i++)
		utcb->receive[i] = i < count ? slots[i] : 0;
}

err_t rpc_call(ep_t ep, uint32_t opcode, const void *request, uint32_t request_size, const slot_t *caps_in,
               uint32_t in, void *reply, uint32_t reply_size, const slot_t *caps_out, uint32_t out)
{
	struct utcb *utcb = utcb_self();
	slot_t served[MESSAGE_CAPS];

	memcpy(served, utcb->receive, sizeof served);
	utcb->words[0] = opcode;
	memcpy(utcb->words + 1, request, request_size);
	utcb->word_count = words_of(request_size);
	for (uint32_t i = 0; i < in; i++) {
		utcb->caps[i] = caps_in[i];
		utcb->mint[i] = 0;
	}
	utcb->cap_count = in;
	receive_slots(utcb, caps_out, out);
	err_t err = ipc_call(ep);
	memcpy(utcb->receive, served, sizeof served);
	if (err != OK)
		return err;
	if (utcb->word_count == 0 || utcb->words[0] >= ERR_COUNT)
		return ERR_CORRUPT;
	if (utcb->words[0] != OK)
		return (err_t)utcb->words[0];
	if (utcb->word_count != words_of(reply_size))
		return ERR_CORRUPT;
	for (uint32_t i = 0; i < out; i++)
		if (utcb->cap_count <= i || utcb->caps[i] != caps_out[i])
			return ERR_CORRUPT;
	memcpy(reply, utcb->words + 1, reply_size);
	return OK;
}

void rpc_receive(struct rpc_message *message)
{
	const struct utcb *utcb = utcb_self();
	uint32_t words = utcb->word_count <= MESSAGE_WORDS ? utcb->word_count : 0;

	message->opcode = words ? utcb->words[0] : UINT32_MAX;
	message->size = words ? (words - 1) * 4 : 0;
	message->cap_count = utcb->cap_count <= MESSAGE_CAPS ? utcb->cap_count : 0;
	for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
		message->caps[i] = i < message->cap_count ? utcb->caps[i] : 0;
		message->known[i] = i < message->cap_count ? utcb->known[i] : 0;
	}
	memcpy(message->payload, utcb->words + 1, message->size);
}

void rpc_respond(err_t err, const struct rpc_message *reply)
{
	struct utcb *utcb = utcb_self();

	utcb->words[0] = err;
	utcb->word_count = err == OK ? words_of(reply->size) : 1;
	utcb->cap_count = err == OK ? reply->cap_count : 0;
	if (err != OK)
		return;
	memcpy(utcb->words + 1, reply->payload, reply->size);
	for (uint32_t i = 0; i < reply->cap_count; i++) {
		utcb->caps[i] = reply->caps[i];
		utcb->mint[i] = reply->caps[RPC_MINT + i];
	}
}

err_t rpc_check(const struct rpc_message *message, uint32_t size, uint32_t in)
{
	if (message->size != (size + 3) / 4 * 4)
		return ERR_ARGUMENT;
	for (uint32_t i = 0; i < in; i++)
		if (!message->caps[i] && !message->known[i])
			return ERR_CAPABILITY;
	return OK;
}

slot_t rpc_keep(struct rpc_message *message, uint32_t index)
{
	slot_t slot = message->caps[index];

	message->caps[index] = 0;
	return slot;
}
