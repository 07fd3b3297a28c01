/* SPDX-License-Identifier: MIT */
/*
 * The one target of this RTCR: the child, its first sessions, and what is known of its fate. Made fresh (run.c) or
 * from an image (restore.c); served by intercept.c; frozen by snapshot.c.
 */
#ifndef RTCR_TARGET_H
#define RTCR_TARGET_H

#include <checkpoint/session.h>
#include <framework/child.h>
#include <log/session.h>

#include "rtcr/registry.h"
#include "rtcr/strategy.h"

enum { SIGNAL_EXCEPTION = 1, SIGNAL_WRITTEN = 2 };

struct target {
	bool exists;
	char name[64];                 /* of the instance */
	struct child child;
	uint64_t ram;
	uint32_t caps;
	uint32_t core, priority;       /* of threads that name none */
	uint32_t flags;                /* enum run_flag */
	uint32_t space;                /* id of its address space */
	bool ended;                    /* exit was called: end it when this call is over */
	bool stopped;                  /* stands since a checkpoint after which it is to be killed */
	bool timers_armed;
	uint64_t output;               /* where the record of its output ends, whichever session wrote it */
	char words[LOG_TEXT];          /* its last line in the log, terminated */
	bool refused;                  /* memory, since it was made */
	uint64_t parent;               /* generation it was restored from or last saved as, 0: none */
	struct checkpoint_status_reply status;
	char sentence[120];
	slot_t watcher;                /* signal for changes of status */
	struct session rm;             /* further region maps */
	const struct strategy *strategy;
	const struct copy_engine *engine;
	slot_t exception;
};
extern struct target target;

/* Quota, PD, CPU session, for a target of `ram` bytes; then first sessions with ids from the next on. */
err_t target_make(uint64_t ram, uint32_t caps) MUST_CHECK;
err_t target_sessions_make(void) MUST_CHECK;

/* Destroy it with everything that the registry holds. */
void target_destroy(void);

void target_state_set(enum checkpoint_state state);

/*
 * What an instance that is started again finds: a target in `state`, RUNNING to be restored from `generation` (0: there is
 * none). It is the newest of the target's own past: after a restore of an older one, newer ones tell of another.
 */
void target_note(enum checkpoint_state state, uint64_t generation);
bool target_continue(uint64_t note, uint64_t *generation);
void target_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void target_report(void);

/* What its exit, with `status` as it came, means; the sentence says why if it was no good end. */
void target_exited(int32_t status);

err_t target_run(const struct checkpoint_run_request *request, ds_t bundle) MUST_CHECK;
err_t target_restore(uint64_t generation) MUST_CHECK;

/*
 * Prepare by the other thread while the target runs and is served; changes of the registry call for preparing again. Then
 * stop, copy, go on; then the image is written by the other thread. Both submit SIGNAL_WRITTEN at their end.
 */
err_t snapshot_prepare(void) MUST_CHECK;      /* ends as SIGNAL_WRITTEN */
err_t snapshot_prepared(void) MUST_CHECK;     /* how it ended */
err_t snapshot_take(uint64_t budget_ns, bool stop) MUST_CHECK;
err_t snapshot_finish(void) MUST_CHECK;
err_t snapshot_undo_stop(void) MUST_CHECK;    /* go on, where `stop` left it standing */
err_t snapshot_thread(uint32_t n, struct checkpoint_thread_reply *thread) MUST_CHECK;

/* Entries by what they are made of. */
err_t dataspace_add(uint64_t size, uint32_t id, struct dataspace_entry **made) MUST_CHECK;
void dataspace_remove(struct dataspace_entry *dataspace);
/* The kernel's capability to its memory. */
err_t dataspace_native_take(struct dataspace_entry *dataspace) MUST_CHECK;
err_t object_add(uint32_t kind, uint32_t id, struct object_entry **made) MUST_CHECK;
/* What lies in its slot is known from now on. */
err_t object_learn(struct object_entry *object) MUST_CHECK;
err_t map_add(uint64_t size, uint32_t id, struct map_entry **made) MUST_CHECK;
void map_remove(struct map_entry *map);
err_t thread_add(uint32_t index, const char *name, const struct thread_schedule *schedule, uint32_t id,
                 struct thread_entry **made) MUST_CHECK;
err_t session_add(enum service service, const char *label, uint32_t client_id, uint32_t id,
                  struct session_entry **made) MUST_CHECK;
void session_remove(struct session_entry *session);
err_t map_attach(struct map_entry *map, struct region *region, bool anywhere, uint32_t flags) MUST_CHECK;

/* Capability tables: own slot `slot` names entry `entry`. */
err_t session_handler_set(struct session_entry *session, uint32_t signal, uint32_t badge, slot_t slot) MUST_CHECK;
err_t map_handler_set(struct map_entry *map, uint32_t signal, uint32_t badge, slot_t slot) MUST_CHECK;

/*
 * Devices: a session at the real service, of a device that was reserved (reserve.h) or is free. The registers of an IO_MEM
 * session become dataspace `id` (0: the next). The line of an IRQ session becomes an object, masked and bound to nobody; it is
 * bound to the signal in `slot`, and becomes an object at first. Whether lines are masked, and if that is news; and what a
 * session had goes with it.
 */
err_t device_open(struct session_entry *session) MUST_CHECK;
err_t registers_take(struct session_entry *session, uint32_t id) MUST_CHECK;
err_t line_take(struct session_entry *session) MUST_CHECK;
err_t line_bind(struct session_entry *session, slot_t slot) MUST_CHECK;
err_t lines_read(bool *changed) MUST_CHECK;
void device_leave(struct session_entry *session);

/* What the device of a session of core's is; of IO_MEM also how large its registers are. */
err_t device_look(enum service service, ep_t session, char compatible[DEVICE_COMPATIBLE], uint64_t *size) MUST_CHECK;

/* Calls of the target. */
err_t intercept(struct entry *entry, struct rpc_message *message, struct rpc_message *reply) MUST_CHECK;

/*
 * List the ROMs; put their content into the store, where it is not (any more), by the other thread; ask for it again, so that
 * this store keeps it until the image is there, also if it is another by now; its size there; back, checked.
 */
err_t roms_arrange(void) MUST_CHECK;
err_t roms_store(void) MUST_CHECK;
err_t roms_hold(void) MUST_CHECK;
err_t content_size(const uint64_t digest[2], uint64_t *size) MUST_CHECK;
err_t content_read(struct dataspace_entry *rom) MUST_CHECK;

/* Sessions at the store, opened at first use: one file is open in each. STORE_WRITING is the second thread's. */
enum store_use { STORE_WRITING, STORE_READING, STORE_ROMS, STORE_USES };
err_t store_session(enum store_use use, ep_t *session) MUST_CHECK;

/* Whether `err` says that the store died: its session is closed then, and the whole of what was asked may be asked again. */
bool store_renew(enum store_use use, err_t err);

/* Say what the store says of the last error of that session. */
void store_fail(enum store_use use, const char *what, err_t err);

/*
 * TERMINAL: whether `err` says that the server died and there is another by now, which knows what that one knew; then the
 * call may be made again: what it wrote unsaid is taken back. And a look at all of them, for a target that waits.
 */
bool terminal_renew(struct session_entry *session, err_t err);

/*
 * Output behind target.output is taken back, also if the target has no session (yet): it will write it again. The record
 * becomes that of checkpoint `generation`, the newest is `newest` (terminal/session.h).
 */
err_t terminals_cut(uint64_t generation, uint64_t newest) MUST_CHECK;
void terminals_look(void);

/* TIMER: set one; submit what is due, and when the next will be (own clock). */
err_t timer_arm(struct session_entry *session, uint64_t deadline, uint64_t period) MUST_CHECK;
uint64_t timers_expire(void);
enum { PERIOD_LEAST_NS = 10000 };   /* of a timer, also of one from an image */

#endif
