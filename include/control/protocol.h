/* SPDX-License-Identifier: MIT */
/*
 * What the command line and the control server of a node say to each other over a Unix stream socket.
 *
 *    request   struct control_header, the struct of its operation, then bytes where the operation has some
 *    reply     struct control_header, the struct of the reply, then bytes; if status is not OK a sentence alone
 *
 * Everything is little-endian. A client has one request at a time on a connection and reads the reply before it asks
 * again: then a reply always fits into the socket, and the server need not wait for anybody. A request that has begun
 * goes on within CONTROL_PAUSE_S and is whole after CONTROL_WHOLE_S and a second for each CONTROL_PACE bytes of it. Who breaks a
 * rule is disconnected. A server of another version answers ERR_UNSUPPORTED with a sentence and its own version in the header,
 * whose layout never changes.
 *
 * When the server has no place left for a connection, the one that is without a whole request for the longest time goes. One
 * stays that waits for an answer, or that ran, fed or followed (run, feed, logs) a component which runs, or has ended
 * but CONTROL_PAUSE_S ago at most since the last answer. A few places are for commands that are answered at once: who would stay
 * when all others are taken is told so, ERR_BUSY with a sentence, for the operation CONTROL_NONE; a newcomer unasked, if all stay.
 */
#ifndef CONTROL_PROTOCOL_H
#define CONTROL_PROTOCOL_H

#include <kernel/err.h>
#include <stdint.h>

enum {
	CONTROL_MAGIC = 0x4c435452,  /* "RTCL" */
	CONTROL_VERSION = 3,         /* grows with every change of a layout */
	CONTROL_NAME = 64,
	CONTROL_SENTENCE = 160,      /* most bytes of a sentence; it is not terminated */
	CONTROL_PART = 32768,        /* most bytes behind the struct, but for a bundle */
	CONTROL_BUNDLE = 1 << 30,    /* most bytes of a bundle */
	CONTROL_PAUSE_S = 10, CONTROL_WHOLE_S = 60, CONTROL_PACE = 65536
};

#define CONTROL_OPERATIONS(X)                                                                      \
	X(hello) X(run) X(feed) X(list) X(wait) X(logs) X(kill) X(checkpoint) X(restore) X(images) X(remove)
#define CONTROL_ENUM(name) CONTROL_##name,
enum control_operation { CONTROL_OPERATIONS(CONTROL_ENUM) CONTROL_COUNT, CONTROL_NONE = 0xffff };
#undef CONTROL_ENUM

struct control_header {
	uint32_t magic;
	uint16_t version;
	uint16_t operation;      /* of the request, also in the reply */
	uint32_t status;         /* err_t; 0 in a request */
	uint32_t length;         /* bytes that follow */
};

enum control_state {
	CONTROL_STORED,          /* only images are there */
	CONTROL_STARTING,        /* started, or started again after its RTCR died */
	CONTROL_RUNNING,
	CONTROL_EXITED,          /* by itself; exit_status counts */
	CONTROL_KILLED,
	CONTROL_FAULTED,         /* the sentence says how */
	CONTROL_LOST,            /* its RTCR died and there was no checkpoint to go on from */
	CONTROL_STATES
};

/* A component at a glance; fields as in checkpoint/session.h. */
struct control_component {
	char name[CONTROL_NAME];
	uint32_t state;          /* enum control_state */
	int32_t exit_status;
	uint32_t restarts;       /* of its RTCR */
	uint32_t thread_count;
	uint32_t output_lost;    /* 0, or Linux's error number: not all that it wrote could be kept */
	uint32_t reserved;
	uint64_t age_ns;         /* since it was started or restored last */
	uint64_t generation, prepare_ns, stop_ns, restore_ns, image_bytes, memory_bytes, ram_limit, ram_used;
	char sentence[120];      /* what went wrong last, or empty; terminated */
};

struct control_thread {
	char name[32];
	uint32_t index;
	uint32_t class;          /* enum thread_class */
	uint64_t instruction;
};

struct control_image {
	char name[CONTROL_NAME];
	uint64_t generation, size, modified_ns;
};

/* Is the server there? */
struct control_hello_request {
	uint64_t reserved;
};
struct control_hello_reply {
	uint64_t uptime_ns;
	uint32_t running;        /* components that run or are being started */
	uint32_t known;
};

/*
 * Make a component from the bundle that follows (bundle/format.h). Reply when it runs: struct control_component. A passing
 * one is removed when it has ended, has no images, and this connection is closed.
 */
enum control_run_flag { CONTROL_NO_INPUT = 1u << 0, CONTROL_PASSING = 1u << 1 };
struct control_run_request {
	char name[CONTROL_NAME];
	uint64_t ram;            /* quota of the program, bytes */
	uint32_t core, priority; /* as in checkpoint_run */
	uint32_t flags;          /* enum run_flag */
	uint32_t manner;         /* enum control_run_flag */
};

/* Append the bytes that follow to its input; `ended`: that was all. Reply: nothing. */
struct control_feed_request {
	char name[CONTROL_NAME];
	uint32_t ended, reserved;
};

/* What follows `after` (empty: from the first on). Reply: array of struct control_component; empty: no more. */
struct control_list_request {
	char after[CONTROL_NAME];
};

/* Reply at once, or with `over` when it has ended: struct control_component. */
struct control_wait_request {
	char name[CONTROL_NAME];
	uint32_t over, reserved;
};

/*
 * Bytes of its record (terminal/session.h) from `offset` on; with `follow` wait for some, or for the end. Reply: struct
 * control_component, bytes. Fewer than CONTROL_PART, and a component that has ended: that was all.
 */
struct control_logs_request {
	char name[CONTROL_NAME];
	uint64_t offset;
	uint32_t follow, reserved;
};

/* Reply: struct control_component. */
struct control_kill_request {
	char name[CONTROL_NAME];
};

/* Reply when the image is durable: struct control_component, array of struct control_thread if asked for. */
enum control_checkpoint_flag { CONTROL_STOP = 1u << 0, CONTROL_THREADS = 1u << 1 };
struct control_checkpoint_request {
	char name[CONTROL_NAME];
	uint64_t budget_ns;      /* 0: none */
	uint32_t flags, reserved;
};

/*
 * Continue from an image. Reply when it runs: struct control_component. ERR_STATE: it runs and `force` is not set.
 * ERR_ARGUMENT: this node does not know how much memory it had; ask again with `ram`.
 */
struct control_restore_request {
	char name[CONTROL_NAME];
	uint64_t generation;     /* 0: newest */
	uint64_t ram;            /* quota of the program, 0: as before */
	uint32_t force, reserved;
};

/* Images of `name` older than `below`, newest first. Reply: array of struct control_image; empty: no more. */
struct control_images_request {
	char name[CONTROL_NAME];
	uint64_t below;
};

/* Remove one image, or with generation 0 the component, its record and its images. ERR_STATE: runs, not forced. */
struct control_remove_request {
	char name[CONTROL_NAME];
	uint64_t generation;
	uint32_t force, reserved;
};

union control_request {
	struct control_hello_request hello;
	struct control_run_request run;
	struct control_feed_request feed;
	struct control_list_request list;
	struct control_wait_request wait;
	struct control_logs_request logs;
	struct control_kill_request kill;
	struct control_checkpoint_request checkpoint;
	struct control_restore_request restore;
	struct control_images_request images;
	struct control_remove_request remove;
};

/* Size of the struct of a request. */
static inline uint32_t control_request_size(uint32_t operation)
{
#define CONTROL_SIZE(name) [CONTROL_##name] = sizeof(struct control_##name##_request),
	static const uint32_t sizes[] = {CONTROL_OPERATIONS(CONTROL_SIZE)};
#undef CONTROL_SIZE
	return operation < CONTROL_COUNT ? sizes[operation] : 0;
}

_Static_assert(sizeof(struct control_header) == 16 && sizeof(struct control_component) == 280 &&
	       sizeof(struct control_thread) == 48 && sizeof(struct control_image) == 88, "sizes of the protocol");

#endif
