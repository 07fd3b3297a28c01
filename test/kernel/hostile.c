/* SPDX-License-Identifier: MIT */
/* The kernel suite: a component that makes any call with any arguments. See hostile.h. */
#include <framework/memory.h>

#include "test/kernel/hostile.h"

uint64_t random_next(void)
{
	uint64_t value = ATTACK->seed;

	value ^= value << 13;
	value ^= value >> 7;
	value ^= value << 17;
	return ATTACK->seed = value;
}

uint64_t random_word(void)
{
	static const uint64_t extremes[] = {0, 1, 2, 3, 64, 4096, 65535, 65536, 0x6000000, 0x10000, ~0ull, ~4095ull,
	                                    1ull << 31, 1ull << 32, 1ull << 47, 1ull << 63, PD_HIGH - PAGE_SIZE,
	                                    UTCB_AREA, PD_HIGH, 0x40000000, 0x60000000, 0xe0001000};
	uint64_t pick = random_next();

	if (pick % 3 == 0)
		return pick >> 8;
	return pick % 3 == 1 ? (pick >> 8) % 8 : extremes[(pick >> 8) % (sizeof extremes / sizeof *extremes)];
}

static void attack_calls(addr_t unused)
{
	struct utcb *utcb = utcb_self();

	(void)unused;
	for (;;) {
		addr_t word[5];
		for (uint32_t i = 0; i < 4; i++) {
			utcb->extra[i] = (addr_t)random_word();
			utcb->caps[i] = (slot_t)random_word();
			utcb->receive[i] = (slot_t)random_word();
		}
		utcb->word_count = (uint32_t)random_word();
		utcb->cap_count = (uint32_t)random_word();
		ATTACK->count++;
		for (uint32_t i = 0; i < 5; i++)
			word[i] = (addr_t)random_word();
		kernel_call((uint32_t)(random_next() % 72), word);
	}
}

void scene_begin(struct scene *scene, void (*attacker)(addr_t), uint64_t seed)
{
	if (!scene->memory) {
		scene->memory = memory_take(4096);
		scene->attack = memory_see(scene->memory, 4096);
	}
	scene->ep = object_make(KIND_ENDPOINT);
	scene->reply = object_make(KIND_REPLY);
	scene->signal = object_make(KIND_SIGNAL);
	partner_make(&scene->partner, attacker, 0, (ep_t){0});
	CHECK(pd_map(scene->partner.pd, 0x6000000, MEMORY, scene->memory, 4096, RIGHT_READ | RIGHT_WRITE) == OK);
	partner_give(&scene->partner, PARTNER_EP, scene->ep, RIGHT_SEND | RIGHT_WAIT | RIGHT_GRANT, 0);
	partner_give(&scene->partner, PARTNER_REPLY, scene->reply, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	partner_give(&scene->partner, PARTNER_SIGNAL, scene->signal, RIGHT_ALL & ~RIGHT_DESTROY, 0);
	scene->attack->seed = seed;
	partner_start(&scene->partner);
}

void wait_for(uint64_t nanoseconds)
{
	slot_t signal = object_make(KIND_SIGNAL);
	uint32_t badges, count;

	CHECK(signal_wait((signal_t){signal}, clock_now() + nanoseconds, &badges, &count) == ERR_TIMEOUT);
	object_end(signal);
}

void scene_end(struct scene *scene)
{
	partner_end(&scene->partner);
	object_end(scene->ep);
	object_end(scene->reply);
	object_end(scene->signal);
}

TEST(hostile_calls, "every call with random arguments harms nobody else")
{
	static struct scene scene;
	uint64_t calls = 0;

	for (uint64_t seed = 1; seed <= 150; seed++) {
		scene_begin(&scene, attack_calls, seed * 0x9e3779b97f4a7c15);
		wait_for(1000000);
		err_t err = pd_pause(scene.partner.pd, 1000000000);
		CHECK(err == OK || err == ERR_GONE);
		scene_end(&scene);
	}
	calls = scene.attack->count;
	CHECK(calls > 1000);
	say("       random calls: ");
	say_number(calls);
	say("\n");
}
