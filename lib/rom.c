/* SPDX-License-Identifier: MIT */
/* ROMs, see framework/rom.h. */
#include <framework/rom.h>
#include <rom/session.h>

err_t rom_attach(const char *label, struct rom *rom)
{
	const struct rom_dataspace_request request = {};
	struct rom_dataspace_reply reply;
	struct session session;
	void *address;
	slot_t slot;
	err_t err = session_open("ROM", label, 0, &session);

	if (err == OK)
		err = slot_take(&slot);
	if (err == OK)
		err = rom_dataspace(session.ep, &request, NULL, &reply, &slot);
	if (err == OK)
		err = ds_attach((ds_t){slot}, 0, 0, RIGHT_READ, 0, &address);
	if (err != OK)
		return err;
	*rom = (struct rom){address, reply.size, {slot}};
	return OK;
}
