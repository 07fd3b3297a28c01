/* SPDX-License-Identifier: MIT */
/* The parts of the fuzz target of the RTCR: calls of a hostile target, forged images, and what always holds. */
#ifndef TEST_FUZZ_RTCR_H
#define TEST_FUZZ_RTCR_H

#include "rtcr/target.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/services.h"

enum { TARGET_SLOTS_USED = 64 };

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

/* One field of the next image is what the input says, unless that was called off. */
void rtcr_forge(struct fuzz_input *input);
void rtcr_forge_end(void);

/* Registry, region maps, capability spaces and ROMs are as they have to be: ends the test if not. `whole`: in all slots. */
void rtcr_check(bool whole);

#endif
