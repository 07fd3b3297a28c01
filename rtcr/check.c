/* SPDX-License-Identifier: MIT */
/*
 * What a restore needs of an image and of this node, see archive_check. What the reader cannot know, because it is what the
 * RTCR keeps in a session's state: that it names what is there, and that each thing belongs to one.
 */
#include <framework/format.h>
#include <framework/memory.h>

#include "rtcr/archive.h"
#include "rtcr/machine.h"
#include "rtcr/records.h"
#include "rtcr/reserve.h"

/* For all devices of an image together, while somebody else has them. */
#define DEVICES_WAIT_NS 2000000000ull

static uint32_t missing_count;

static void missing(const char *what, const char *name)
{
	if (!missing_count++)
		target_fail("restore: %s%s", what, name);
	else
		log_line("restore: %s%s", what, name);
}

static void dataspaces_check(const struct image *image)
{
	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_dataspace); i++) {
		const struct image_dataspace *record = image_at(image, IMAGE_KIND_dataspace, i);
		char name[PARENT_LABEL];
		uint64_t size, there;
		if (record->origin != IMAGE_ORIGIN_ROM)
			continue;
		if (rom_name_read(record, &size, name, sizeof name) != OK)
			missing("a ROM has no proper name", "");
		else if (content_size(record->digest, &there) != OK)
			missing("the store lacks the content of ", name);
		else if (there != size)
			missing("the store has other content for ", name);
	}
}

static bool piece_is(const void *record, uint32_t n, const char *text)
{
	uint32_t length;
	const uint8_t *bytes = image_piece(record, n, &length);

	return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

static bool source_shared(const struct reserved *reserved)
{
	for (const struct reserved *other = devices_first(); other; other = other->next)
		if (other != reserved && other->service == reserved->service && other->source == reserved->source)
			return reserved->source;
	return false;
}

/* What is wrong with what the image has of a device, or NULL. */
static const char *device_fault(const struct image *image, const struct session_state *state,
                                const struct reserved *reserved)
{
	const struct image_dataspace *registers = image_find(image, IMAGE_KIND_dataspace, state->source);
	const struct image_object *line = image_find(image, IMAGE_KIND_object, state->source);

	if (source_shared(reserved))
		return "in the image another device has what is its own";
	if (reserved->service == SERVICE_IO_MEM) {
		if (!registers || registers->origin != IMAGE_ORIGIN_DEVICE || !piece_is(registers, 0, reserved->label))
			return "the image has no registers of it";
		return registers->size == reserved->size ? NULL : "here its registers have another size";
	}
	if (state->source ? !line || line->kind != KIND_INTERRUPT : state->signal != 0)
		return "the image has no line of it";
	return NULL;
}

/* A short piece of a record as it may stand in a sentence. */
static void piece_copy(const void *record, uint32_t n, char *to, uint32_t room)
{
	uint32_t length;
	const uint8_t *bytes = image_piece(record, n, &length);

	memset(to, 0, room);
	memcpy(to, bytes, length < room ? length : room - 1);
	if (!length || !string_is_name(to, room))
		text_copy(to, room, "what it was");
}

static void device_check(const struct image *image, const struct image_session *record, enum service service,
                         const struct session_state *state, uint64_t until)
{
	char label[PARENT_LABEL], was[DEVICE_COMPATIBLE], words[160];
	struct reserved *reserved = NULL;

	piece_copy(record, 1, label, sizeof label);
	err_t err = piece_is(record, 1, label) ? device_reserve(service, label, until, &reserved) : ERR_NOT_FOUND;
	const char *fault = err == ERR_EXISTS ? "the image has two sessions of it" : err_sentence(err);
	if (reserved) {
		reserved->source = state->source;
		fault = device_fault(image, state, reserved);
	}
	if (reserved && !piece_is(record, 2, reserved->compatible)) {
		piece_copy(record, 2, was, sizeof was);
		text_format(words, sizeof words, "%s of device %s: here that is %s, not %s", service_names[service], label,
		            reserved->compatible, was);
		missing(words, "");
	} else if (fault) {
		text_format(words, sizeof words, "%s of device %s: %s", service_names[service], label, fault);
		missing(words, "");
	}
}

static void state_check(const struct image *image, enum service service, const struct session_state *state)
{
	const struct image_object *signal = image_find(image, IMAGE_KIND_object, state->signal);
	const struct image_dataspace *buffer = image_find(image, IMAGE_KIND_dataspace, state->buffer);

	if (state->signal && (!signal || signal->kind != KIND_SIGNAL))
		missing("a session tells what is no signal", "");
	if (service == SERVICE_TERMINAL && state->signal && (!buffer || buffer->origin != IMAGE_ORIGIN_ANONYMOUS))
		missing("a terminal has no buffer", "");
	if (service == SERVICE_TIMER && state->period && state->period < PERIOD_LEAST_NS)
		missing("a timer has too short a period", "");
}

/* Registers and lines come with the sessions of their devices: none is left over. */
static void device_parts_check(const struct image *image)
{
	uint32_t count = 0;

	for (const struct reserved *reserved = devices_first(); reserved; reserved = reserved->next)
		count += reserved->source != 0;
	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_dataspace); i++)
		count -= ((const struct image_dataspace *)image_at(image, IMAGE_KIND_dataspace, i))->origin == IMAGE_ORIGIN_DEVICE;
	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_object); i++)
		count -= ((const struct image_object *)image_at(image, IMAGE_KIND_object, i))->kind == KIND_INTERRUPT;
	if (count)
		missing("registers or a line belong to no session of a device", "");
}

static void sessions_check(const struct image *image)
{
	const uint64_t until = clock_now() + DEVICES_WAIT_NS;
	const uint32_t before = missing_count;

	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_session); i++) {
		const struct image_session *record = image_at(image, IMAGE_KIND_session, i);
		struct session_state state;
		uint32_t length;
		enum service service = session_service(record);
		const uint8_t *bytes = image_piece(record, 3, &length);
		if (length != sizeof state) {
			missing("the state of a session has another form", "");
			continue;
		}
		memcpy(&state, bytes, sizeof state);
		state_check(image, service, &state);
		if (service == SERVICES)
			missing("nobody offers a service of the image", "");
		else if (service == SERVICE_IRQ || service == SERVICE_IO_MEM)
			device_check(image, record, service, &state, until);
	}
	if (missing_count == before)
		device_parts_check(image);
}

/* The registry has one space of ids for all kinds. */
static void ids_check(const struct image *image)
{
	static const enum image_kind kinds[] = {IMAGE_KIND_dataspace, IMAGE_KIND_region_map, IMAGE_KIND_object,
	                                        IMAGE_KIND_session, IMAGE_KIND_thread};
	enum { KINDS = sizeof kinds / sizeof *kinds };

	for (uint32_t k = 0; k < KINDS; k++)
		for (uint32_t i = 0; i < image_count(image, kinds[k]); i++) {
			const struct image_record *record = image_at(image, kinds[k], i);
			for (uint32_t other = k + 1; other < KINDS; other++)
				if (image_find(image, kinds[other], record->id)) {
					missing("two things have the same id", "");
					return;
				}
		}
}

static void maps_check(const struct image *image)
{
	const struct image_target *description = image_at(image, IMAGE_KIND_target, 0);

	if (!image_find(image, IMAGE_KIND_region_map, description->region_map))
		missing("the image has no address space", "");
	for (uint32_t i = 0; i < image_count(image, IMAGE_KIND_capability); i++) {
		const struct image_capability *record = image_at(image, IMAGE_KIND_capability, i);
		if (record->object.kind == IMAGE_KIND_rpc_object || record->object.kind == IMAGE_KIND_target)
			missing("a capability names what is no object here", "");
		if (record->object.kind != IMAGE_KIND_object && record->rights & ~(uint32_t)RIGHT_SEND)
			missing("a capability gives more than calls", "");
	}
}

err_t archive_check(const struct image *image)
{
	const char *lacks = machine_lacks(&image->header);

	missing_count = 0;
	if (lacks)
		missing(lacks, "");
	if (image_count(image, IMAGE_KIND_target) != 1) {
		missing("the image is of a group of components", "");
		return ERR_UNSUPPORTED;
	}
	maps_check(image);
	ids_check(image);
	sessions_check(image);
	dataspaces_check(image);
	if (missing_count > 1)
		log_line("restore: %u things are missing", missing_count);
	return missing_count ? ERR_UNSUPPORTED : OK;
}
