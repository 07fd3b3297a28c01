/* SPDX-License-Identifier: MIT */
/*
 * What checkpoints and restores of 1 to 200 MiB and of a target that has next to nothing cost, against a plain copy of as much
 * memory by the same loop. Figures are lines as of test/bench/armv7/figure.h, with a second one of how many bytes that were:
 * "bytes: NANOSECONDS of BYTES: WHAT". The second checkpoint counts: the first gives the copies their memory.
 */
#include <framework/memory.h>

#include "rtcr/strategy.h"
#include "test/native/native.h"

enum { PLAIN_MIB = 4, OWN_RAM = 8 << 20, STEPS = 1000000, MIB = 1 << 20 };

static uint8_t *output;

static void figure_say(uint64_t nanoseconds, const char *what, uint32_t mib)
{
	log_line("figure: %llu of 1: %s of %u MiB", (unsigned long long)nanoseconds, what, mib);
}

static void bytes_say(uint64_t nanoseconds, uint64_t bytes, const char *what, uint32_t mib)
{
	log_line("bytes: %llu of %llu: %s of %u MiB", (unsigned long long)nanoseconds, (unsigned long long)bytes, what, mib);
}

/* Of one MiB, both sides mapped and written before. */
static bool plain_measure(void)
{
	void *from, *to;

	if (!native_ok(memory_take(PLAIN_MIB * MIB, &from), "memory") || !native_ok(memory_take(PLAIN_MIB * MIB, &to), "memory"))
		return false;
	memset(from, 1, PLAIN_MIB * MIB);
	memset(to, 2, PLAIN_MIB * MIB);
	uint64_t begin = clock_now();
	engine_cpu.copy(to, from, PLAIN_MIB * MIB);
	engine_cpu.finish();
	uint64_t taken = clock_now() - begin;
	figure_say(taken, "plain copy", PLAIN_MIB);
	bytes_say(taken, PLAIN_MIB * MIB, "plain copy", PLAIN_MIB);
	return memcmp(from, to, PLAIN_MIB * MIB) == 0 || native_fail("the copy is another");
}

/* It says how many pages it has when they are written. */
static bool filled_await(struct instance *instance)
{
	static const char word[] = " pages";
	uint64_t size;

	do {
		native_sleep(20 * MILLISECOND);
		if (!output_read(instance->name, output, &size) || !instance_look(instance))
			return false;
		for (uint64_t i = 0; i + sizeof word <= size; i++)
			if (memcmp(output + i, word, sizeof word - 1) == 0)
				return true;
	} while (instance->status.state == TARGET_RUNNING);
	return native_fail("it ended");
}

static bool begin(struct instance *instance, uint32_t mib)
{
	ds_t bundle;

	store_drop(instance->name, 0);
	if (!output_forget(instance->name) || !bundle_make(instance->name, STEPS, mib, &bundle))
		return false;
	bool runs = instance_run(instance, bundle);
	ds_free(bundle);
	return runs && filled_await(instance);
}

static bool checkpoint(struct instance *instance)
{
	return instance_take(instance, 0) &&
	       (instance->status.last_err == OK || native_fail("checkpoint: %s", instance_failure(instance)));
}

static bool size_measure(uint32_t mib)
{
	struct instance instance = {.name = "wide", .ram = (uint64_t)mib * MIB + OWN_RAM};

	if (!instance_start(&instance))
		return false;
	bool good = begin(&instance, mib) && checkpoint(&instance) && checkpoint(&instance);
	uint64_t copied = instance.status.memory_bytes;
	if (good) {
		figure_say(instance.status.stop_ns, "stop for a checkpoint", mib);
		figure_say(instance.status.prepare_ns, "preparing for it", mib);
		bytes_say(instance.status.stop_ns, copied, "stop for a checkpoint", mib);
		good = instance_kill(&instance) && instance_restore(&instance, 0) &&
		       (instance.status.last_err == OK || native_fail("restore: %s", instance_failure(&instance)));
	}
	if (good) {
		figure_say(instance.status.restore_ns, "restore", mib);
		bytes_say(instance.status.restore_ns, copied, "restore", mib);
	}
	instance_stop(&instance);
	store_drop(instance.name, 0);
	return good;
}

int component_main(addr_t argument)
{
	static const uint32_t sizes[] = {0, 1, 10, 50, 200};
	uint32_t passed = 0, failed = 0;
	void *bytes;

	(void)argument;
	native_name = "measure";
	if (!native_ok(memory_take(OUTPUT_MAX, &bytes), "memory") || !store_begin() || !plain_measure())
		return 1;
	output = bytes;
	for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		size_measure(sizes[i]) ? passed++ : failed++;
	log_line("%u passed, %u failed", passed, failed);
	return failed != 0;
}
