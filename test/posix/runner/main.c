/* SPDX-License-Identifier: MIT */
/* Runs the cases one after the other, by one instance of the RTCR; see runner.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <framework/rom.h>

#include "test/native/native.h"
#include "test/posix/runner/runner.h"

enum { TARGET_RAM = 256 << 20, ROOM = 128 << 20, SHOWN_LINE = 100, INTERVAL_MS = 400, TRIES = 7 };

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

/* Checkpointed, killed and restored, sooner after `tries`; false: it had ended before. */
static bool round_do(struct instance *instance, uint32_t number, uint32_t tries)
{
	uint32_t hit[CLASS_COUNT];

	native_sleep((1 + number * 7 % 5) * (uint64_t)INTERVAL_MS * MILLISECOND / 5 >> tries);
	if (!instance_take(instance, number % 3 ? 0 : CHECKPOINT_STOP) || instance->status.last_err == ERR_STATE)
		return false;
	if (instance->status.last_err != OK)
		return native_fail("checkpoint: %s", instance_failure(instance));
	memcpy(hit, instance->status.classes, sizeof hit);
	if (instance->status.generation > 1)
		store_drop(instance->name, instance->status.generation - 1);
	native_sleep(20ull * MILLISECOND);
	if (!instance_kill(instance) || !instance_restore(instance, 0))
		return false;
	if (instance->status.last_err != OK)
		return native_fail("restore: %s", instance_failure(instance));
	for (uint32_t i = 0; i < CLASS_COUNT; i++)
		classes[i] += hit[i];
	return true;
}

/* Run to its end. What was to be restored and ended before it could is run again, to be met sooner. */
static bool case_end(struct instance *instance, const struct test_case *found, struct stream streams[2], uint32_t *rounds)
{
	for (uint32_t tries = 0; tries < TRIES; tries++) {
		*rounds = 0;
		store_drop(instance->name, 0);
		if (!target_begin(instance, found))
			return false;
		while (*rounds < found->rounds && round_do(instance, *rounds, tries))
			++*rounds;
		if (!instance_ended(instance) || !terminal_take(instance->name, streams))
			return false;
		if (*rounds || !found->rounds)
			break;
	}
	return true;
}

static bool case_run(struct instance *instance, const struct test_case *found, uint32_t number)
{
	static struct stream streams[2];
	uint32_t rounds;

	if (!case_end(instance, found, streams, &rounds))
		return false;
	if (instance->status.state != TARGET_EXITED)
		return native_fail("%s", instance_failure(instance));
	log_line("case %u: status %d output %u %u errors %u %u rounds %u", number, instance->status.exit_status,
	         stream_sum(&streams[0]), (unsigned)streams[0].size, stream_sum(&streams[1]), (unsigned)streams[1].size,
	         rounds);
	stream_show("out", &streams[0]);
	stream_show("err", &streams[1]);
	return true;
}

int component_main(addr_t argument)
{
	static struct test_case found;
	struct instance instance = {.name = instance_name, .ram = TARGET_RAM, .room = ROOM, .linux_program = true};
	uint32_t number = 0, failed = 0;
	struct rom rom;

	(void)argument;
	native_name = "runner";
	if (!native_ok(rom_attach("cases", &rom), "cases") || !store_begin() || !instance_start(&instance))
		return 1;
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
	log_line("threads hit: program %u, library_os %u, blocked %u, in_call %u, faulting %u", classes[CLASS_PROGRAM],
	         classes[CLASS_LIBRARY_OS], classes[CLASS_BLOCKED], classes[CLASS_IN_CALL], classes[CLASS_FAULTING]);
	log_line("%u cases, %u could not be run", number, failed);
	return at != end || failed;
}
