/* SPDX-License-Identifier: MIT */
/* Who is waited for, see patience.h. */
#include "server/control/component.h"
#include "server/control/patience.h"

#define SECOND_NS 1000000000ull

enum rank { FREE, INCOMPLETE, IDLE, STAYING };

/* It ran, fed or followed a component, and its side may just be about to ask on. */
static bool connection_bound(const struct connection *connection)
{
	const struct component *component = connection->watched ? connection->watched : connection->passing;

	if (!component)
		return false;
	return !component_ended(component) || connection->since + CONTROL_PAUSE_S * SECOND_NS > clock_now();
}

static enum rank connection_rank(const struct connection *connection)
{
	if (!connection->used)
		return FREE;
	if (connection->waiting)
		return STAYING;
	if (connection->received)
		return INCOMPLETE;
	return connection_bound(connection) ? STAYING : IDLE;
}

static uint64_t connection_limit(const struct connection *connection)
{
	uint64_t whole = connection->since + (CONTROL_WHOLE_S + connection->received / CONTROL_PACE) * SECOND_NS;
	uint64_t next = connection->moved + CONTROL_PAUSE_S * SECOND_NS;

	if (connection_rank(connection) != INCOMPLETE)
		return DEADLINE_NEVER;
	return whole < next ? whole : next;
}

bool connection_late(const struct connection *connection)
{
	uint64_t limit = connection_limit(connection);

	return limit != DEADLINE_NEVER && limit <= clock_now();
}

uint64_t connections_limit(void)
{
	uint64_t soonest = DEADLINE_NEVER;

	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		uint64_t limit = connection_limit(&connections[i]);
		soonest = limit < soonest ? limit : soonest;
	}
	return soonest;
}

uint32_t connections_staying(const struct connection *connection)
{
	uint32_t count = 0;

	if (connection_bound(connection))
		return 0;
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		count += &connections[i] != connection && connection_rank(&connections[i]) == STAYING;
	return count;
}

struct connection *connection_place(void)
{
	struct connection *best = NULL;

	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		enum rank rank = connection_rank(&connections[i]), found = best ? connection_rank(best) : STAYING;
		if (rank < found || (best && rank == found && connections[i].since < best->since))
			best = &connections[i];
	}
	return best;
}
