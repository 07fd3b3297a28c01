/* SPDX-License-Identifier: MIT */
/* Tests of LAUNCHER: instances started, found, used, restarted, stopped. */
#include <framework/format.h>
#include <framework/memory.h>
#include <launcher/session.h>

#include "test/system/echo.h"
#include "test/system/suite.h"

#define LIMIT_NS 10000000000ull
enum { INSTANCE_RAM = 8 << 20 };

static struct session launcher;

static err_t start(const char *name, uint64_t ram)
{
	struct launcher_start_request request = {.ram = ram, .caps = 100};
	struct launcher_start_reply reply;

	memcpy(request.name, name, strnlen(name, sizeof request.name));
	return launcher_start(launcher.ep, &request, NULL, &reply, NULL);
}

static err_t stop(const char *name)
{
	struct launcher_stop_request request = {.name = ""};
	struct launcher_stop_reply reply;

	text_copy(request.name, sizeof request.name, name);
	return launcher_stop(launcher.ep, &request, NULL, &reply, NULL);
}

static err_t next(const char *after, struct launcher_next_reply *reply)
{
	struct launcher_next_request request = {.after = ""};

	text_copy(request.after, sizeof request.after, after);
	return launcher_next(launcher.ep, &request, NULL, reply, NULL);
}

static void launcher_begin(signal_t *changes)
{
	const struct launcher_handler_request request = {};
	struct launcher_handler_reply reply;

	CHECK_OK(session_open("LAUNCHER", "", 0, &launcher));
	CHECK_OK(signal_alloc(changes));
	CHECK_OK(launcher_handler(launcher.ep, &request, &changes->slot, &reply, NULL));
}

static void launcher_finish(signal_t changes)
{
	session_close(&launcher);
	object_free(cap_any(changes));
}

static bool ready_await(const char *name, signal_t changes, uint32_t restarts)
{
	struct launcher_next_reply reply = {.name = ""};

	do {
		if (next("", &reply) == OK && strcmp(reply.name, name) == 0 && reply.state == INSTANCE_READY &&
		    reply.restarts == restarts)
			return true;
	} while (signal_came(changes));
	return false;
}

TEST(instances_used, "an instance is started, reached by its name, and gone when it was stopped")
{
	const struct echo_say_request say = {7};
	struct echo_say_reply said = {0};
	struct launcher_next_reply reply;
	struct session session;
	signal_t changes;

	launcher_begin(&changes);
	CHECK_ERR(next("", &reply), ERR_NOT_FOUND);
	for (int round = 0; round < 30; round++) {
		CHECK_OK(start("one", INSTANCE_RAM));
		CHECK_ERR(start("one", INSTANCE_RAM), ERR_EXISTS);
		CHECK(ready_await("one", changes, 0));
		CHECK_ERR(session_open("CHECKPOINT", "two", 0, &session), ERR_NOT_FOUND);
		CHECK_OK(session_open("CHECKPOINT", "one", LIMIT_NS, &session));
		CHECK_OK(echo_say(session.ep, &say, NULL, &said, NULL));
		CHECK(said.value == 8 && said.sessions == 1 && said.label_length == strlen("suite -> one"));
		CHECK_OK(stop("one"));
		CHECK_ERR(stop("one"), ERR_NOT_FOUND);
		err_t err = echo_say(session.ep, &say, NULL, &said, NULL);
		CHECK(err == ERR_CAPABILITY || err == ERR_GONE);
		session_close(&session);
	}
	launcher_finish(changes);
}

TEST(instances_listed, "instances are listed in the order of their start")
{
	static const char *const names[] = {"c", "a", "b", "d.1", "e_2-3"};
	enum { COUNT = sizeof names / sizeof *names };
	struct launcher_next_reply reply = {.name = ""};
	signal_t changes;

	launcher_begin(&changes);
	for (int i = 0; i < COUNT; i++)
		CHECK_OK(start(names[i], INSTANCE_RAM));
	CHECK_OK(stop(names[1]));
	CHECK_OK(start(names[1], INSTANCE_RAM));
	static const int order[COUNT] = {0, 2, 3, 4, 1};
	for (int i = 0; i < COUNT; i++) {
		CHECK_OK(next(i ? names[order[i - 1]] : "", &reply));
		CHECK(strcmp(reply.name, names[order[i]]) == 0 && reply.ram == INSTANCE_RAM);
	}
	CHECK_ERR(next(names[order[COUNT - 1]], &reply), ERR_NOT_FOUND);
	for (int i = 0; i < COUNT; i++)
		CHECK_OK(stop(names[i]));
	CHECK_ERR(next("", &reply), ERR_NOT_FOUND);
	launcher_finish(changes);
}

TEST(instance_restarted, "an instance that dies is started again, and counted")
{
	const struct echo_die_request die = {1, 0};
	struct echo_die_reply died;
	struct session session;
	signal_t changes;

	launcher_begin(&changes);
	CHECK_OK(start("mortal", INSTANCE_RAM));
	CHECK(ready_await("mortal", changes, 0));
	CHECK_OK(session_open("CHECKPOINT", "mortal", LIMIT_NS, &session));
	CHECK_ERR(echo_die(session.ep, &die, NULL, &died, NULL), ERR_GONE);
	session_close(&session);
	CHECK(ready_await("mortal", changes, 1));
	CHECK_OK(stop("mortal"));
	launcher_finish(changes);
}

TEST(instances_refused, "bad names and more memory than there is are refused")
{
	char longest[LAUNCHER_NAME + 1];
	signal_t changes;

	launcher_begin(&changes);
	memset(longest, 'n', sizeof longest);
	CHECK_ERR(start(longest, INSTANCE_RAM), ERR_ARGUMENT);
	CHECK_ERR(start("", INSTANCE_RAM), ERR_ARGUMENT);
	CHECK_ERR(start(".hidden", INSTANCE_RAM), ERR_ARGUMENT);
	CHECK_ERR(start("a/b", INSTANCE_RAM), ERR_ARGUMENT);
	CHECK_ERR(start("a b", INSTANCE_RAM), ERR_ARGUMENT);
	CHECK_ERR(start("a\n", INSTANCE_RAM), ERR_ARGUMENT);
	CHECK_ERR(start("huge", (uint64_t)1 << 50), ERR_MEMORY_QUOTA);
	CHECK_ERR(start("huge", UINT64_MAX), ERR_MEMORY_QUOTA);
	CHECK_ERR(stop("huge"), ERR_NOT_FOUND);
	launcher_finish(changes);
}
