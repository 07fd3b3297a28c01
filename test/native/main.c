/* SPDX-License-Identifier: MIT */
/*
 * Every subject of which there is a program first runs undisturbed; what it writes then is what it has to write whatever happens to it. Then rounds: it
 * runs for a while, is checkpointed, destroyed and restored in one of four ways, goes on, and is checkpointed again. When it
 * ends it is compared, and started anew until all rounds are done. The RTCR compares each restored capability space with
 * the one of the checkpoint slot by slot, by the kernel's own list, and a restore fails if they differ.
 */
#include <framework/memory.h>

#include "test/native/native.h"

enum { ROUNDS = 20, ROUNDS_WIDE = 3, INTERVAL_MS = 24, TRIES = 5 };
#define CORES UINT32_MAX /* as option: over how many cores its threads are spread */

static const struct subject {
	const char *name;
	uint32_t steps, option, rounds;
	uint32_t kept;                 /* images at a time */
	uint64_t ram;
} subjects[] = {
	{"sheep", 300, 1, ROUNDS, 2, 8 << 20},   {"echo_pair", 150, 0, ROUNDS, 2, 8 << 20},
	{"maps", 300, 0, ROUNDS, 2, 8 << 20},    {"signals", 150, 0, ROUNDS, 2, 8 << 20},
	{"caps", 300, 0, ROUNDS, 2, 8 << 20},    {"threads", 300, CORES, ROUNDS, 2, 8 << 20},
	{"interrupts", 100, 0, ROUNDS, 2, 8 << 20},
	{"wide", 40, 200, ROUNDS_WIDE, 1, 208 << 20},
};

static struct {
	uint8_t *wanted, *found;       /* output: undisturbed, and now */
	uint64_t wanted_size, found_size;
	uint32_t classes[CLASS_COUNT]; /* where checkpoints found threads */
	uint32_t ways[4];              /* how it was restored */
	uint64_t stop_ns;              /* longest */
} all;

static bool begin(struct instance *instance, const struct subject *subject)
{
	const uint32_t option = subject->option == CORES ? native_cores : subject->option;
	ds_t bundle;

	store_drop(subject->name, 0);
	if (!output_forget(subject->name) || !bundle_make(subject->name, subject->steps, option, &bundle))
		return false;
	bool runs = instance_run(instance, bundle);
	if (!runs)
		native_fail("%s", instance_failure(instance));
	ds_free(bundle);
	return runs;
}

static bool ended_well(struct instance *instance, uint8_t *bytes, uint64_t *size)
{
	if (!instance_ended(instance) || !output_read(instance->name, bytes, size))
		return false;
	if (instance->status.state == TARGET_EXITED && instance->status.exit_status == 0)
		return true;
	return native_fail("state %u, status %d, %s; wrote %.*s", instance->status.state, instance->status.exit_status,
	                   instance_failure(instance), (int)(*size < 120 ? *size : 120), (const char *)bytes);
}

static bool compare(struct instance *instance)
{
	if (!ended_well(instance, all.found, &all.found_size))
		return false;
	return (all.found_size == all.wanted_size && memcmp(all.found, all.wanted, all.wanted_size) == 0) ||
	       native_fail("its output is another than undisturbed");
}

/* In a component that the RTCR made anew: after a kill, in place of one that runs, by another RTCR, or an older one. */
static bool restore(struct instance *instance, uint32_t way, uint64_t oldest)
{
	uint64_t generation = instance->status.generation;

	if (way == 0 && !instance_kill(instance))
		return false;
	if (way == 2) {
		instance_stop(instance);
		if (!instance_start(instance))
			return false;
	}
	if (!instance_restore(instance, way == 3 && generation > oldest ? generation - 1 : 0))
		return false;
	if (instance->status.last_err != OK)
		return native_fail("restore: %s", instance_failure(instance));
	all.ways[way == 3 && generation == oldest ? 1 : way]++;
	return true;
}

/* False in `there`: it ended before. */
static bool checkpoint(struct instance *instance, const struct subject *subject, bool *there)
{
	*there = false;
	if (!instance_take(instance, chance(5) ? 0 : CHECKPOINT_STOP))
		return false;
	if (instance->status.last_err == ERR_STATE)
		return true;
	if (instance->status.last_err != OK)
		return native_fail("checkpoint: %s", instance_failure(instance));
	for (uint32_t i = 0; i < CLASS_COUNT; i++)
		all.classes[i] += instance->status.classes[i];
	if (instance->status.stop_ns > all.stop_ns)
		all.stop_ns = instance->status.stop_ns;
	if (instance->status.generation > subject->kept)
		store_drop(instance->name, instance->status.generation - subject->kept);
	*there = true;
	return true;
}

static bool rounds(struct instance *instance, const struct subject *subject)
{
	for (uint32_t done = 0; done < subject->rounds;) {
		bool there = true;
		uint64_t oldest = 0;
		if (!begin(instance, subject))
			return false;
		while (there && done < subject->rounds) {
			native_sleep(chance(INTERVAL_MS * MILLISECOND));
			if (!checkpoint(instance, subject, &there))
				return false;
			if (!oldest || subject->kept == 1)
				oldest = instance->status.generation;
			if (there && !restore(instance, done % 4, oldest))
				return false;
			done += there;
		}
		if (!compare(instance))
			return false;
	}
	return true;
}

/* Nothing of an image of another architecture is used: the target that runs is not even disturbed. */
static bool foreign_refused(struct instance *instance, const struct subject *subject)
{
	static const char reason[] = "restore: the image was taken on another architecture";
	bool there;

	if (!begin(instance, subject) || !checkpoint(instance, subject, &there))
		return false;
	uint64_t generation = instance->status.generation;
	if (!there || !store_forge(instance->name, generation, generation + 1, NULL, 0))
		return native_fail("no image of another architecture could be made");
	if (!instance_restore(instance, generation + 1))
		return false;
	if (instance->status.last_err != ERR_UNSUPPORTED || strcmp(instance_failure(instance), reason) != 0)
		return native_fail("an image of another architecture: %s", instance_failure(instance));
	store_drop(instance->name, generation + 1);
	return restore(instance, 0, generation) && compare(instance);
}

/* A checkpoint, restored while somebody else has the device: that is missed before anything is made. */
static bool taken_try(struct instance *instance, const struct subject *subject)
{
	static const char *const devices[] = {"ttc0", "timer23"};
	struct session device;
	bool there;
	err_t err = ERR_NOT_FOUND;

	native_sleep(INTERVAL_MS * MILLISECOND);
	if (!checkpoint(instance, subject, &there) || !there || !instance_kill(instance))
		return false;
	for (uint32_t i = 0; i < 2 && err != OK; i++)
		err = session_open("IRQ", devices[i], 0, &device);
	if (!native_ok(err, "a device") || !instance_restore(instance, 0))
		return false;
	session_close(&device);
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), part = strlen(end);

	return length >= part && strcmp(text + length - part, end) == 0;
}

/* An image of a device that is something else on this board. */
static bool other_refused(struct instance *instance, uint64_t generation)
{
	static const char *const kinds[] = {"cdns,ttc", "arm,sp804"};

	if (!store_forge(instance->name, generation, generation + 1, kinds, 2))
		return native_fail("no image with another device could be made");
	if (!instance_restore(instance, generation + 1))
		return false;
	const char *failure = instance_failure(instance);
	if (instance->status.last_err != ERR_UNSUPPORTED || !(ends_with(failure, ": here that is cdns,ttc, not xdns,ttc") ||
	                                                      ends_with(failure, ": here that is arm,sp804, not xrm,sp804")))
		return native_fail("with a device of another kind: %s", failure);
	store_drop(instance->name, generation + 1);
	return true;
}

/* One that came before the subject had a session, or between two, has no device to miss: then another. */
static bool taken_refused(struct instance *instance, const struct subject *subject)
{
	static const char reason[] = "restore: IRQ of device ";
	uint32_t tries = 0;

	if (!begin(instance, subject) || !taken_try(instance, subject))
		return false;
	for (; instance->status.last_err == OK && tries < TRIES; tries++)
		if (!restore(instance, 0, instance->status.generation) || !taken_try(instance, subject))
			return false;
	if (instance->status.last_err != ERR_UNSUPPORTED ||
	    strncmp(instance_failure(instance), reason, sizeof reason - 1) != 0)
		return native_fail("with a device that is taken: %s", instance_failure(instance));
	return other_refused(instance, instance->status.generation) &&
	       restore(instance, 0, instance->status.generation) && compare(instance);
}

static bool subject_test(const struct subject *subject)
{
	struct instance instance = {.name = subject->name, .ram = subject->ram};

	native_name = subject->name;
	memset(all.classes, 0, sizeof all.classes);
	memset(all.ways, 0, sizeof all.ways);
	all.stop_ns = 0;
	if (!instance_start(&instance))
		return false;
	bool good = begin(&instance, subject) && ended_well(&instance, all.wanted, &all.wanted_size) &&
	            rounds(&instance, subject);
	if (good && subject == subjects)
		good = foreign_refused(&instance, subject);
	if (good && strcmp(subject->name, "interrupts") == 0)
		good = taken_refused(&instance, subject);
	instance_stop(&instance);
	store_drop(subject->name, 0);
	log_line("%s: %u rounds%s: killed %u, replaced %u, another RTCR %u, an older one %u; threads in the program %u, "
	         "blocked %u, in calls %u, faulting %u; longest stop %u us",
	         subject->name, subject->rounds, good ? "" : " FAILED", all.ways[0], all.ways[1], all.ways[2], all.ways[3],
	         all.classes[CLASS_PROGRAM], all.classes[CLASS_BLOCKED], all.classes[CLASS_IN_CALL],
	         all.classes[CLASS_FAULTING], (uint32_t)(all.stop_ns / 1000));
	return good;
}

int component_main(addr_t argument)
{
	const uint32_t count = sizeof subjects / sizeof *subjects;
	uint32_t passed = 0, failed = 0;
	void *wanted, *found;

	(void)argument;
	chance_seed(clock_now());
	if (!native_ok(memory_take(OUTPUT_MAX, &wanted), "memory") || !native_ok(memory_take(OUTPUT_MAX, &found), "memory") ||
	    !store_begin())
		return 1;
	all.wanted = wanted;
	all.found = found;
	for (uint32_t i = 0; i < count; i++)
		if (bundle_can(subjects[i].name))
			subject_test(&subjects[i]) ? passed++ : failed++;
	log_line("%u passed, %u failed", passed, failed);
	return failed || !passed;
}
