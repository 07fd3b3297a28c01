/* SPDX-License-Identifier: MIT */
/*
 * What core serves beside protection domains and region maps: one dispatcher per type of object, each given the object
 * that the badge of the call names; and how they end.
 */
#ifndef CORE_SERVICE_H
#define CORE_SERVICE_H

#include <kernel/boot.h>

#include "core/object.h"
#include "core/pd.h"

typedef err_t serve_t(struct object *object, struct rpc_message *message, struct rpc_message *reply);

serve_t map_serve, parent_serve, cpu_serve, thread_serve, rom_serve, log_serve, timer_serve, rm_service_serve, io_mem_serve,
	irq_serve;

void map_destroy(struct object *object);
void cpu_destroy(struct object *object);
void thread_destroy(struct object *object);
void timer_destroy(struct object *object);
void io_mem_destroy(struct object *object);
void irq_destroy(struct object *object);

/* Sessions, by the names that session_open uses; ERR_NOT_FOUND for a ROM that is not there. */
err_t cpu_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;
err_t rom_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;
err_t log_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;
err_t timer_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;
err_t rm_service_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;
err_t io_mem_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;
err_t irq_open(struct pd *payer, const char *label, struct object **session) MUST_CHECK;

/* The last element of a label: "init -> rtcr -> posix". */
const char *label_last(const char *label);

/* Modules become dataspaces once. */
err_t roms_start(const struct boot_info *info) MUST_CHECK;
struct dataspace *rom_find(const char *name, uint64_t *size);

/* Devices of the machine, for IO_MEM and IRQ. */
void devices_start(const struct boot_info *boot);

/* Submit timers that are due; the next deadline in core's time. */
uint64_t timers_expire(void);

/* A fault message of the thread with `badge`: true if it is to be answered with `answer` now. */
bool fault_serve(uint32_t badge, const uint32_t *words, uint32_t *answer);

/* The reply object that the loop waits with; a fault that waits takes it away and another takes its place. */
extern reply_t core_reply;

void console_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Start the first child. */
err_t init_start(const struct boot_info *info) MUST_CHECK;

#endif
