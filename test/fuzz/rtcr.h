/* SPDX-License-Identifier: MIT */
/* The parts of the fuzz target of the RTCR: calls of a hostile target, forged images, and what always holds. */
#ifndef TEST_FUZZ_RTCR_H
#define TEST_FUZZ_RTCR_H

#include "rtcr/target.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/services.h"

enum { TARGET_SLOTS_USED = 64 };

/* Where a target has its belongings: sessions with ids from 1 on, and what it made by them. */
enum belonging {
	BELONGS_ROM = SLOT_FREE, BELONGS_TIMER, BELONGS_RM, BELONGS_TERMINAL, BELONGS_IRQ, BELONGS_IO_MEM, BELONGS_FILE,
	BELONGS_MEMORY, BELONGS_SIGNAL, BELONGS_ENDPOINT, BELONGS_REPLY, BELONGS_MAP, BELONGS_THREAD, BELONGS_LINE,
	BELONGS_REGISTERS
};

/* The kernel's domain of the target; NULL: there is none. */
struct pd *rtcr_domain(void);

/* What slot `slot` of it names; NULL: nothing, or no entry of the registry. */
struct entry *rtcr_entry(const struct pd *pd, slot_t slot);

/* A slot of it, rather a used one; a used one that names an entry of `kind`, 0: there is none. */
slot_t rtcr_slot_any(const struct pd *pd, struct fuzz_input *input);
slot_t rtcr_slot_of(const struct pd *pd, struct fuzz_input *input, enum entry_kind kind);

/* One call of the target: to which of its capabilities, what, and with what is the input's choice. */
void rtcr_call(struct fuzz_input *input);

/* What a target has that did something already: sessions, memory, a region map, objects, a thread. */
void rtcr_belongings_make(void);

/* Objects that neither the RTCR nor its target made. */
void rtcr_calls_start(void);

/* A request to what slot `of` names, with what the slots `first` and `second` hold (0: nothing); what comes goes to `to`. */
err_t rtcr_request(slot_t of, uint32_t opcode, const void *payload, uint32_t size, slot_t first, slot_t second, slot_t to);

/* Images say of devices what does not hold, devices are taken, memory is short: from a target with its belongings. */
void rtcr_devices_check(void);

/* One field of the next image is what the input says, unless that was called off. */
void rtcr_forge(struct fuzz_input *input);
void rtcr_forge_end(void);

/* Or each record of all images is as `change` leaves it, until that was called off; pieces may point elsewhere. */
struct image_piece;
typedef void rtcr_change(struct image_record *record, struct image_piece *pieces);
void rtcr_forge_by(rtcr_change *change);

/* A checkpoint, from its first step to its last. */
void rtcr_checkpoint(void);

/* Registry, region maps, capability spaces and ROMs are as they have to be: ends the test if not. `whole`: in all slots. */
void rtcr_check(bool whole);

#endif
