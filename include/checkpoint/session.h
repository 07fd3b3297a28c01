/* SPDX-License-Identifier: MIT */
/*
 * CHECKPOINT: what an RTCR instance does for whoever administers it: run its target, checkpoint, restore, kill.
 * An instance has one target and is named like it. Operations that take time only start here; their end is a
 * signal, and status tells how it was. One runs at a time: ERR_BUSY.
 */
#ifndef CHECKPOINT_SESSION_H
#define CHECKPOINT_SESSION_H

#include <framework/rpc.h>

enum checkpoint_state {
	TARGET_NONE,       /* nothing was started yet */
	TARGET_RUNNING,
	TARGET_EXITED,     /* by itself; exit_status counts */
	TARGET_KILLED,     /* by checkpoint_kill, or --stop */
	TARGET_FAULTED,    /* a fault that nobody resolved; sentence says which */
	TARGET_STATES
};

enum checkpoint_work { WORK_NONE, WORK_RUN, WORK_CHECKPOINT, WORK_RESTORE };

enum thread_class { CLASS_PROGRAM, CLASS_LIBRARY_OS, CLASS_BLOCKED, CLASS_IN_CALL, CLASS_FAULTING, CLASS_COUNT };

/* The signal for every change of status. */
RPC_EMPTY(checkpoint_handler_request);
RPC_EMPTY(checkpoint_handler_reply);

/* Start the target from a bundle (bundle/format.h), the dataspace that comes along. Ends as WORK_RUN. */
enum run_flag { RUN_NATIVE = 1u << 0 };  /* the program is a native component, not a Linux program */
struct checkpoint_run_request {
	uint64_t ram;             /* quota of the target, bytes */
	uint32_t caps;            /* quota of the target, capabilities; 0: default */
	uint32_t core;            /* or AFFINITY_ANY */
	uint32_t priority;        /* 0 .. PRIORITY_MAX */
	uint32_t flags;           /* enum run_flag */
};
RPC_EMPTY(checkpoint_run_reply);

/* Checkpoint to the next generation. */
enum { CHECKPOINT_STOP = 1u << 0 };      /* and kill the target when the image is durable */
struct checkpoint_take_request {
	uint64_t budget_ns;       /* longest stop time, 0: no limit; if it cannot hold, the target runs on: ERR_TIMEOUT */
	uint32_t flags;
	uint32_t reserved;
};
RPC_EMPTY(checkpoint_take_reply);

/* Kill what runs, if anything, and continue from the image of `generation` (0: newest). */
struct checkpoint_restore_request {
	uint64_t generation;
};
RPC_EMPTY(checkpoint_restore_reply);

/* Destroy the target now. */
RPC_EMPTY(checkpoint_kill_request);
RPC_EMPTY(checkpoint_kill_reply);

/* Everything at a glance. Times in nanoseconds. */
RPC_EMPTY(checkpoint_status_request);
struct checkpoint_status_reply {
	uint32_t state;           /* enum checkpoint_state */
	int32_t exit_status;
	uint32_t work;            /* enum checkpoint_work that runs now */
	uint32_t work_done;       /* number of works that ended */
	uint32_t last_work;       /* the last that ended ... */
	uint32_t last_err;        /* ... and its err_t; sentence says more */
	uint64_t generation;      /* newest durable one, 0: none */
	uint64_t prepare_ns;      /* of the last checkpoint: before the stop, while the target ran and was served */
	uint64_t stop_ns;         /* of the last checkpoint: from the pause until the last thread ran again */
	uint64_t restore_ns;      /* of the last restore: request until the first instruction */
	uint64_t image_bytes;     /* of the last image */
	uint64_t memory_bytes;    /* copied in the last checkpoint or filled in the last restore */
	uint64_t ram_limit, ram_used;
	uint32_t thread_count;    /* at the last checkpoint */
	uint32_t classes[CLASS_COUNT]; /* of its threads, how many in each class */
};

/* The last error as a sentence, empty if there was none. */
RPC_EMPTY(checkpoint_failure_request);
struct checkpoint_failure_reply {
	char sentence[120];
};

/* Thread number `n` at the last checkpoint. ERR_NOT_FOUND beyond the last. */
struct checkpoint_thread_request {
	uint32_t n;
	uint32_t reserved;
};
struct checkpoint_thread_reply {
	char name[32];
	uint32_t index;
	uint32_t class;           /* enum thread_class */
	uint64_t instruction;
	uint32_t run;             /* enum thread_run */
	uint32_t reserved;
};

#define CHECKPOINT_OPERATIONS(X)                                                                   \
	X(checkpoint, handler, 1, 0)                                                               \
	X(checkpoint, run, 1, 0)                                                                   \
	X(checkpoint, take, 0, 0)                                                                  \
	X(checkpoint, restore, 0, 0)                                                               \
	X(checkpoint, kill, 0, 0)                                                                  \
	X(checkpoint, status, 0, 0)                                                                \
	X(checkpoint, failure, 0, 0)                                                               \
	X(checkpoint, thread, 0, 0)
RPC_SERVICE(checkpoint, CHECKPOINT_OPERATIONS)

#endif
