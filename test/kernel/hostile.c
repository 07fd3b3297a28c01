/* SPDX-License-Identifier: MIT */
/* The kernel suite: a component that makes any call with any arguments. See hostile.h. */
#include <framework/memory.h>

#include "test/kernel/hostile.h"

uint64_t random_from(uint64_t *seed)
{
	uint64_t value = *seed;

	value ^= value << 13;
	value ^= value >> 7;
	value ^= value << 17;
	return *seed = value;
}

uint64_t random_word_from(uint64_t *seed)
{
	static const uint64_t extremes[] = {0, 1, 2, 3, 64, 4096, 65535, 65536, 0x6000000, 0x10000, ~0ull, ~4095ull,
	                                    1ull << 31, 1ull << 32, 1ull << 47, 1ull << 63, PD_HIGH - PAGE_SIZE,
	                                    UTCB_AREA, PD_HIGH, 0x40000000, 0x60000000, 0xe0001000};
	uint64_t pick = random_from(seed);

	if (pick % 3 == 0)
		return pick >> 8;
	return pick % 3 == 1 ? (pick >> 8) % 8 : extremes[(pick >> 8) % (sizeof extremes / sizeof *extremes)];
}

uint64_t random_next(void)
{
	return random_from(&ATTACK->seed);
}

uint64_t random_word(void)
{
	return random_word_from(&ATTACK->seed);
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
	scene->fault_ep = 0;
	if (scene->faults) {
		scene->fault_ep = slot_take();
		CHECK(cap_copy(PD_SELF, scene->ep, PD_SELF, scene->fault_ep, RIGHT_SEND, FAULT_BADGE) == OK);
	}
	partner_make(&scene->partner, attacker, 0, (ep_t){scene->fault_ep});
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
	if (scene->faults)
		CHECK(cap_delete(PD_SELF, scene->fault_ep) == OK);
	object_end(scene->ep);
	object_end(scene->reply);
	object_end(scene->signal);
}

TEST(hostile_calls, "every call with random arguments harms nobody else")
{
	static struct scene scene;
	uint64_t calls = 0;

	for (uint64_t seed = 1; seed <= 150 || (scene.attack->count <= 1000 && seed <= 3000); seed++) {
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

static void attack_block(addr_t unused)
{
	volatile uint64_t *words = (volatile uint64_t *)utcb_address(0);

	(void)unused;
	for (;;) {
		uint64_t place = random_next() % (UTCB_SIZE / 8);
		words[place] = random_word();
		if (++ATTACK->count % 256 == 0)
			thread_yield();
	}
}

TEST(hostile_block, "a scribbled control block and registers stored there harm only their owner")
{
	static struct scene scene;
	static struct thread_state state;
	uint32_t paused = 0;
	uint64_t writes;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		scene_begin(&scene, attack_block, seed * 0x9e3779b97f4a7c15);
		for (int i = 0; i < 20; i++) {
			wait_for(50000);
			if (pd_pause(scene.partner.pd, 50000000) != OK)
				break;
			paused++;
			err_t err = thread_read(scene.partner.thread, &state);
			CHECK(err == OK || err == ERR_ARGUMENT || err == ERR_GONE);
			if (pd_resume(scene.partner.pd) != OK)
				break;
		}
		scene_end(&scene);
	}
	writes = scene.attack->count;
	CHECK(writes > 1000);
	say("       pauses of scribblers: ");
	say_number(paused);
	say("\n");
}
