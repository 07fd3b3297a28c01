/* SPDX-License-Identifier: MIT */
/* Instances of the RTCR by LAUNCHER and CHECKPOINT, see native.h. */
#include <framework/format.h>
#include <framework/memory.h>
#include <launcher/session.h>

#include "test/native/native.h"

/* Long enough for a machine that is short of time; in an emulator whose clock counts instructions only they count. */
#define LIMIT_NS (60000ull * MILLISECOND)

enum { OWN_RAM = 16 << 20, INSTANCE_CAPS = 4000, TARGET_CAPS = 1000 };

static struct session launcher;
static signal_t changes;

bool instance_start(struct instance *instance)
{
	const uint64_t room = instance->room ? instance->room : instance->ram + OWN_RAM;
	struct launcher_start_request start = {.ram = instance->ram + room, .caps = INSTANCE_CAPS};
	struct launcher_start_reply started;
	const struct checkpoint_handler_request handler = {};
	struct checkpoint_handler_reply handled;

	if (!launcher.id && (!native_ok(session_open("LAUNCHER", "", 0, &launcher), "LAUNCHER") ||
	                     !native_ok(signal_alloc(&changes), "signal")))
		return false;
	text_copy(start.name, sizeof start.name, instance->name);
	return native_ok(launcher_start(launcher.ep, &start, NULL, &started, NULL), "start of an RTCR") &&
	       native_ok(session_open("CHECKPOINT", instance->name, LIMIT_NS, &instance->checkpoint), "CHECKPOINT") &&
	       native_ok(checkpoint_handler(instance->checkpoint.ep, &handler, &changes.slot, &handled, NULL), "handler");
}

void instance_stop(struct instance *instance)
{
	struct launcher_stop_request stop = {.name = ""};
	struct launcher_stop_reply stopped;

	text_copy(stop.name, sizeof stop.name, instance->name);
	native_ok(launcher_stop(launcher.ep, &stop, NULL, &stopped, NULL), "stop of an RTCR");
	session_close(&instance->checkpoint);
}

bool instance_look(struct instance *instance)
{
	const struct checkpoint_status_request request = {};

	return native_ok(checkpoint_status(instance->checkpoint.ep, &request, NULL, &instance->status, NULL), "status");
}

static bool change_await(uint64_t until)
{
	uint32_t badges, count;

	return native_ok(signal_wait(changes, until, &badges, &count), "waiting for the RTCR");
}

/* Until one more work has ended than before. */
static bool work_await(struct instance *instance, uint32_t done)
{
	uint64_t until = clock_now() + LIMIT_NS;

	while (instance_look(instance)) {
		if (instance->status.work_done != done)
			return true;
		if (!change_await(until))
			return false;
	}
	return false;
}

bool instance_run(struct instance *instance, ds_t bundle)
{
	const struct checkpoint_run_request request = {.ram = instance->ram, .caps = TARGET_CAPS, .core = native_core(),
	                                               .priority = instance->priority,
	                                               .flags = instance->linux_program ? 0 : RUN_NATIVE};
	struct checkpoint_run_reply reply;

	return instance_look(instance) &&
	       native_ok(checkpoint_run(instance->checkpoint.ep, &request, &bundle.slot, &reply, NULL), "run") &&
	       work_await(instance, instance->status.work_done) && native_ok(instance->status.last_err, "run");
}

bool instance_take(struct instance *instance, uint32_t flags)
{
	const struct checkpoint_take_request request = {.flags = flags};
	struct checkpoint_take_reply reply;

	if (!instance_look(instance))
		return false;
	uint32_t done = instance->status.work_done;
	err_t err = checkpoint_take(instance->checkpoint.ep, &request, NULL, &reply, NULL);
	instance->status.last_err = err;
	return err == ERR_STATE || (native_ok(err, "checkpoint") && work_await(instance, done));
}

bool instance_restore(struct instance *instance, uint64_t generation)
{
	const struct checkpoint_restore_request request = {generation};
	struct checkpoint_restore_reply reply;

	return instance_look(instance) &&
	       native_ok(checkpoint_restore(instance->checkpoint.ep, &request, NULL, &reply, NULL), "restore") &&
	       work_await(instance, instance->status.work_done);
}

bool instance_kill(struct instance *instance)
{
	const struct checkpoint_kill_request request = {};
	struct checkpoint_kill_reply reply;
	err_t err = checkpoint_kill(instance->checkpoint.ep, &request, NULL, &reply, NULL);

	return err == ERR_STATE || native_ok(err, "kill");   /* it may have ended meanwhile */
}

/* What a target is about that does not end: its threads at a checkpoint taken now. */
static void threads_show(struct instance *instance)
{
	static const char *const classes[CLASS_COUNT] = {"program", "library OS", "blocked", "in a call", "faulting"};
	static struct checkpoint_thread_reply thread;
	struct checkpoint_thread_request request = {0};

	if (!instance_take(instance, 0) || instance->status.last_err != OK)
		return;
	for (; checkpoint_thread(instance->checkpoint.ep, &request, NULL, &thread, NULL) == OK; request.n++)
		log_line("  thread %u: %s, run %u, instruction %lx", thread.index,
		         thread.class < CLASS_COUNT ? classes[thread.class] : "?", thread.run, (unsigned long)thread.instruction);
}

bool instance_ended(struct instance *instance)
{
	uint64_t until = clock_now() + LIMIT_NS;

	while (instance_look(instance)) {
		if (instance->status.state != TARGET_RUNNING)
			return true;
		if (!change_await(until)) {
			threads_show(instance);
			return false;
		}
	}
	return false;
}

const char *instance_failure(const struct instance *instance)
{
	static struct checkpoint_failure_reply reply;
	const struct checkpoint_failure_request request = {};
	err_t err = checkpoint_failure(instance->checkpoint.ep, &request, NULL, &reply, NULL);

	return err == OK && string_ends(reply.sentence, sizeof reply.sentence) ? reply.sentence : err_sentence(err);
}
