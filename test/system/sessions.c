/* SPDX-License-Identifier: MIT */
/* Tests of sessions: opened and closed, refused, ended by either side. */
#include <framework/memory.h>

#include "test/system/echo.h"
#include "test/system/suite.h"

#define LIMIT_NS 10000000000ull

static err_t open_as(uint32_t id, const char *service, slot_t payer, slot_t slot)
{
	struct parent_session_open_request request = {.id = id};
	struct parent_session_open_reply reply;

	memcpy(request.service, service, strlen(service));
	return parent_session_open((ep_t){SLOT_PARENT}, &request, &payer, &reply, &slot);
}

static err_t close_as(uint32_t id)
{
	const struct parent_session_close_request request = {.id = id};
	struct parent_session_close_reply reply;

	return parent_session_close((ep_t){SLOT_PARENT}, &request, NULL, &reply, NULL);
}

TEST(sessions_opened, "sessions of each service are opened and closed 200 times without a trace")
{
	static const struct {
		const char *service, *label;
	} all[] = {{"ROM", "tiny"}, {"LOG", "again"}, {"TIMER", ""}, {"RM", ""}, {"CPU", ""}, {"ECHO", "again"}};
	struct session session;

	for (uint32_t i = 0; i < sizeof all / sizeof *all; i++)
		for (int round = 0; round < 200; round++) {
			CHECK_OK(session_open(all[i].service, all[i].label, LIMIT_NS, &session));
			session_close(&session);
		}
}

TEST(sessions_refused, "what is not allowed, not there or not asked for well is refused, each with its reason")
{
	struct parent_session_open_request request = {.id = 0x70000001};
	struct parent_session_open_reply reply;
	struct session session;
	const slot_t own = SLOT_PD;
	slot_t slot;

	CHECK_OK(slot_take(&slot));
	CHECK_ERR(session_open("STORE", "x", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("NOTHING", "x", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("", "x", 0, &session), ERR_DENIED);
	CHECK_ERR(session_open("ROM", "no such module", 0, &session), ERR_NOT_FOUND);
	CHECK_ERR(session_open("ABSENT", "x", 0, &session), ERR_NOT_FOUND);
	CHECK_ERR(session_open("SILENT", "x", 3000000, &session), ERR_BUSY);
	CHECK_ERR(open_as(0, "LOG", SLOT_PD, slot), ERR_ARGUMENT);
	CHECK_ERR(open_as(0x70000001, "LOG", SLOT_CPU, slot), ERR_CAPABILITY);
	CHECK_ERR(open_as(0x70000001, "LOG", 0, slot), ERR_CAPABILITY);
	memset(request.service, 'x', sizeof request.service);
	CHECK_ERR(parent_session_open((ep_t){SLOT_PARENT}, &request, &own, &reply, &slot), ERR_ARGUMENT);
	memcpy(request.service, "LOG", 4);
	memset(request.label, 'x', sizeof request.label);
	CHECK_ERR(parent_session_open((ep_t){SLOT_PARENT}, &request, &own, &reply, &slot), ERR_ARGUMENT);
	request.label[sizeof request.label - 1] = 0;
	CHECK_ERR(parent_session_open((ep_t){SLOT_PARENT}, &request, &own, &reply, &slot), ERR_ARGUMENT);
	CHECK_OK(open_as(0x70000001, "LOG", SLOT_PD, slot));
	CHECK_ERR(open_as(0x70000001, "LOG", SLOT_PD, slot), ERR_EXISTS);
	CHECK_OK(close_as(0x70000001));
	CHECK_ERR(close_as(0x70000001), ERR_NOT_FOUND);
	CHECK_ERR(close_as(0), ERR_NOT_FOUND);
	slot_give(slot);
}

TEST(sessions_many, "a component has so many sessions and no more; then they come back")
{
	enum { MOST = 600 };
	static struct session session[MOST];
	uint32_t count = 0;
	err_t err = OK;

	while (count < MOST && (err = session_open("ECHO", "many", LIMIT_NS, &session[count])) == OK)
		count++;
	CHECK_ERR(err, ERR_CAP_QUOTA);
	CHECK(count > 400 && count < MOST);
	while (count)
		session_close(&session[--count]);
}

TEST(session_closed, "a session that was closed does not answer any more, and the server forgets it")
{
	const struct echo_say_request request = {1};
	struct echo_say_reply reply = {0};
	struct session kept, closed;
	slot_t copy;

	CHECK_OK(session_open("ECHO", "kept", LIMIT_NS, &kept));
	CHECK_OK(session_open("ECHO", "closed", LIMIT_NS, &closed));
	CHECK_OK(echo_say(closed.ep, &request, NULL, &reply, NULL));
	CHECK(reply.value == 2);
	CHECK_OK(echo_say(kept.ep, &request, NULL, &reply, NULL));
	uint32_t sessions = reply.sessions;
	CHECK_OK(cap_mint((cap_t){closed.ep.slot}, 0, RIGHT_SEND, &copy));
	session_close(&closed);
	CHECK_ERR(echo_say((ep_t){copy}, &request, NULL, &reply, NULL), ERR_CAPABILITY);
	for (int tries = 0; tries < 2000; tries++) {
		CHECK_OK(echo_say(kept.ep, &request, NULL, &reply, NULL));
		if (reply.sessions < sessions)
			break;
		sleep_short();
	}
	CHECK(reply.sessions == sessions - 1);
	slot_give(copy);
	session_close(&kept);
}

TEST(sessions_ended_together, "when a client with 300 sessions ends, its server forgets all of them")
{
	const struct echo_say_request request = {1};
	struct echo_say_reply reply = {0};
	struct session session;

	CHECK_OK(session_open("ECHO", "watch", LIMIT_NS, &session));
	for (int tries = 0; tries < 5000; tries++) {
		CHECK_OK(echo_say(session.ep, &request, NULL, &reply, NULL));
		if (reply.sessions == 1)
			break;
		sleep_short();
	}
	CHECK(reply.sessions == 1);
	session_close(&session);
}

TEST(server_restarted, "a server that dies is started again; its sessions are gone and can be opened anew")
{
	const struct echo_say_request say = {1};
	struct echo_say_reply said = {0};
	const struct echo_die_request die[2] = {{3, 0}, {0, 1}};
	struct echo_die_reply died;
	struct session session;

	for (int how = 0; how < 2; how++) {
		CHECK_OK(session_open("MORTAL", "", LIMIT_NS, &session));
		CHECK_OK(echo_say(session.ep, &say, NULL, &said, NULL));
		CHECK_ERR(echo_die(session.ep, &die[how], NULL, &died, NULL), ERR_GONE);
		err_t err = echo_say(session.ep, &say, NULL, &said, NULL);
		CHECK(err == ERR_CAPABILITY || err == ERR_GONE);
		session_close(&session);
	}
	CHECK_OK(session_open("MORTAL", "", LIMIT_NS, &session));
	CHECK_OK(echo_say(session.ep, &say, NULL, &said, NULL));
	CHECK(said.value == 2 && said.sessions == 1);
	session_close(&session);
}

TEST(announce_refused, "a component announces only what is routed to it")
{
	struct parent_announce_request request = {"ECHO"};
	struct parent_announce_reply reply;
	signal_t signal;
	ep_t ep;

	CHECK_OK(ep_alloc(&ep));
	CHECK_OK(signal_alloc(&signal));
	const slot_t caps[2] = {ep.slot, signal.slot};
	CHECK_ERR(parent_announce((ep_t){SLOT_PARENT}, &request, caps, &reply, NULL), ERR_DENIED);
	memset(request.service, 'E', sizeof request.service);
	CHECK_ERR(parent_announce((ep_t){SLOT_PARENT}, &request, caps, &reply, NULL), ERR_DENIED);
	object_free(cap_any(signal));
	object_free(cap_any(ep));
}
