/* SPDX-License-Identifier: MIT */
/* Runs the cases one after the other, by one instance of the RTCR; see runner.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/rom.h>

#include "test/native/native.h"
#include "test/posix/runner/runner.h"

enum { TARGET_RAM = 256 << 20, ROOM = 128 << 20, SHOWN_LINE = 100, CASE_WHERE = 40 };

/* How long to wait before the next step at most, nanoseconds: all over a run, for a while, and as good as not at all. */
#define FAR_NS (400ull * MILLISECOND)
#define NEAR_NS (20ull * MILLISECOND)
#define CLOSE_NS (100000ull)

/* How a program ended and what it wrote. */
struct outcome {
	int32_t status;
	struct stream streams[2];
};

static const char instance_name[] = "program";
static uint32_t classes[CLASS_COUNT];   /* where checkpoints found threads that were then destroyed and restored */

/* The beginning of a stream, line by line; what is not for the eye as \xHH. */
static void stream_show(const char *name, const struct stream *stream)
{
	char line[SHOWN_LINE + 8];
	uint32_t length = 0;

	for (uint32_t i = 0; i < stream->shown; i++) {
		uint8_t byte = stream->first[i];
		if (byte >= 32 && byte < 127 && byte != '\\')
			line[length++] = (char)byte;
		else if (byte != '\n')
			length += (uint32_t)text_format(line + length, sizeof line - length, "\\x%02x", byte);
		if (byte != '\n' && length < SHOWN_LINE && i + 1 < stream->shown)
			continue;
		log_line("  %s: %.*s", name, (int)length, line);
		length = 0;
	}
}

static bool target_begin(struct instance *instance, const struct test_case *found)
{
	ds_t bundle;

	if (!terminal_prepare(instance->name, found->input) || !case_bundle(found, &bundle))
		return false;
	bool runs = instance_run(instance, bundle);
	if (!runs)
		native_fail("%s", instance_failure(instance));
	ds_free(bundle);
	return runs;
}

static void instant_await(uint64_t most)
{
	native_sleep(chance(most < NEAR_NS || chance(2) ? most : NEAR_NS));
}

/* Checkpointed, killed and restored, after `far` at most; false in `there`: it had ended before. */
static bool round_do(struct instance *instance, uint64_t far, uint32_t hit[CLASS_COUNT], bool *there)
{
	uint32_t found[CLASS_COUNT];

	*there = false;
	instant_await(chance(3) ? far : CLOSE_NS);
	if (!instance_take(instance, chance(3) ? 0 : CHECKPOINT_STOP))
		return false;
	if (instance->status.last_err == ERR_STATE)
		return true;
	if (instance->status.last_err != OK)
		return native_fail("checkpoint: %s", instance_failure(instance));
	memcpy(found, instance->status.classes, sizeof found);
	if (instance->status.generation > 1)
		store_drop(instance->name, instance->status.generation - 1);
	instant_await(chance(3) ? NEAR_NS : CLOSE_NS);
	if (!instance_kill(instance) || !instance_restore(instance, 0))
		return false;
	if (instance->status.last_err != OK)
		return native_fail("restore: %s", instance_failure(instance));
	for (uint32_t i = 0; i < CLASS_COUNT; i++)
		hit[i] += found[i];
	*there = true;
	return true;
}

/* From its start to its end, restored until `rounds` are `most`. */
static bool run_do(struct instance *instance, const struct test_case *found, uint64_t far, uint32_t most,
                   uint32_t hit[CLASS_COUNT], uint32_t *rounds, struct outcome *outcome)
{
	bool there = true;

	store_drop(instance->name, 0);
	if (!target_begin(instance, found))
		return false;
	while (there && *rounds < most) {
		if (!round_do(instance, far, hit, &there))
			return false;
		*rounds += there;
	}
	if (!instance_ended(instance) || !terminal_take(instance->name, outcome->streams))
		return false;
	outcome->status = instance->status.exit_status;
	return instance->status.state == TARGET_EXITED || native_fail("%s", instance_failure(instance));
}

static bool outcome_equal(const struct outcome *one, const struct outcome *other)
{
	bool equal = one->status == other->status;

	for (uint32_t i = 0; i < 2; i++)
		equal = equal && one->streams[i].sum == other->streams[i].sum && one->streams[i].size == other->streams[i].size;
	return equal;
}

static void streams_show(const struct stream streams[2])
{
	stream_show("out", &streams[0]);
	stream_show("err", &streams[1]);
}

static void outcome_show(uint32_t number, const struct outcome *outcome, uint32_t rounds)
{
	const struct stream *output = &outcome->streams[0], *errors = &outcome->streams[1];

	log_line("case %u: status %d output %u %u errors %u %u rounds %u", number, outcome->status, stream_sum(output),
	         (unsigned)output->size, stream_sum(errors), (unsigned)errors->size, rounds);
	streams_show(outcome->streams);
}

static void hits_show(const char *where, const uint32_t hit[CLASS_COUNT])
{
	log_line("%s: program %u, library_os %u, blocked %u, in_call %u, faulting %u", where, hit[CLASS_PROGRAM],
	         hit[CLASS_LIBRARY_OS], hit[CLASS_BLOCKED], hit[CLASS_IN_CALL], hit[CLASS_FAULTING]);
}

/* What ends before it was restored as often as wanted is started anew, and killed sooner if that came to nothing. */
static bool case_run(struct instance *instance, const struct test_case *found, uint32_t number)
{
	static struct outcome first, again;
	uint32_t rounds = 0, before, runs = 0, hit[CLASS_COUNT] = {0};
	uint64_t far = FAR_NS;
	char where[CASE_WHERE];

	instance->priority = found->above ? 1 : 0;
	instance->linux_program = !found->native;
	if (found->native && !run_do(instance, found, far, 0, hit, &rounds, &first))
		return false;
	runs += found->native;
	for (; far && (!runs || rounds < found->rounds); far = rounds == before ? far / 2 : far) {
		before = rounds;
		if (!run_do(instance, found, far, found->rounds, hit, &rounds, runs ? &again : &first))
			return false;
		if (runs++ && !outcome_equal(&first, &again)) {
			streams_show(again.streams);
			return native_fail("run %u ended otherwise than the first, with status %d", runs, again.status);
		}
	}
	outcome_show(number, &first, rounds);
	if (found->rounds) {
		text_format(where, sizeof where, "case %u hit, %u runs", number, runs);
		hits_show(where, hit);
	}
	for (uint32_t i = 0; i < CLASS_COUNT; i++)
		classes[i] += hit[i];
	return true;
}

int component_main(addr_t argument)
{
	static struct test_case found;
	struct instance instance = {.name = instance_name, .ram = TARGET_RAM, .room = ROOM, .linux_program = true};
	uint32_t number = 0, failed = 0, seed;
	struct rom rom;

	(void)argument;
	native_name = "runner";
	if (!native_ok(rom_attach("cases", &rom), "cases") || !case_number("seed", &seed) || !store_begin() ||
	    !instance_start(&instance))
		return 1;
	log_line("seed %u", seed);
	chance_seed(seed);
	const char *at = rom.bytes, *end = at + rom.size;
	for (; case_read(&at, end, &found); number++)
		if (!case_run(&instance, &found, number)) {
			log_line("case %u: could not be run", number);
			if (!instance_kill(&instance)) /* its name is to be free for the next one */
				log_line("case %u: could not be ended", number);
			failed++;
		}
	if (at != end)
		log_line("the cases end with one that is none");
	hits_show("threads hit", classes);
	log_line("%u cases, %u could not be run", number, failed);
	return at != end || failed;
}
