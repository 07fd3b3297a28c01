/* SPDX-License-Identifier: MIT */
/* Calls a server that never answers, which costs nobody but this component its time; when the server dies it is told. */
#include <framework/env.h>
#include <pd/session.h>

int component_main(addr_t argument)
{
	const struct pd_quota_request request = {};
	struct pd_quota_reply reply;
	struct session session;

	(void)argument;
	if (session_open("SILENCE", "", 20000000000, &session) != OK) {
		log_line("patient: no silence");
		return 1;
	}
	err_t err = pd_quota(session.ep, &request, NULL, &reply, NULL);
	log_line("patient: %s", err_sentence(err));
	return err != ERR_GONE;
}
