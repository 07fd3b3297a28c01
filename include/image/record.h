/* SPDX-License-Identifier: MIT */
/*
 * The records of an image. Each starts with struct image_record, goes on with the fixed part of its
 * kind, then the bytes ("pieces") whose lengths stand in `length`, one after the other, then zeros
 * up to a multiple of IMAGE_ALIGN. Ids are unique per kind in the whole image; 0 is none. Kinds are
 * sorted by id, attachments by (id, address), extents by (id, offset), capabilities by (target,
 * slot).
 *
 * A kind that a reader does not know is an error, unless its records carry IMAGE_OPTIONAL: then
 * they are skipped. Values of enum kind, right, fault and thread_run are those of the kernel
 * interface.
 */
#ifndef IMAGE_RECORD_H
#define IMAGE_RECORD_H

#include <image/format.h>

/* X(name, number, pieces) */
#define IMAGE_KIND_TABLE(X)                                                                        \
	X(target, 1, 3)                                                                            \
	X(dataspace, 2, 1)                                                                         \
	X(extent, 3, 0)                                                                            \
	X(region_map, 4, 0)                                                                        \
	X(attachment, 5, 0)                                                                        \
	X(object, 6, 0)                                                                            \
	X(session, 7, 4)                                                                           \
	X(rpc_object, 8, 1)                                                                        \
	X(thread, 9, 5)                                                                            \
	X(capability, 10, 0)                                                                       \
	X(terminal, 11, 0)                                                                         \
	X(file, 12, 2)

#define IMAGE_KIND_ENUM(name, number, pieces) IMAGE_KIND_##name = number,
enum image_kind { IMAGE_KIND_none, IMAGE_KIND_TABLE(IMAGE_KIND_ENUM) IMAGE_KIND_COUNT };
#undef IMAGE_KIND_ENUM

enum { IMAGE_OPTIONAL = 1, IMAGE_PIECES_MAX = 5, IMAGE_FIXED_MAX = 88, IMAGE_PIECE_MAX = 1 << 24 };
enum image_origin { IMAGE_ORIGIN_ANONYMOUS = 1, IMAGE_ORIGIN_ROM = 2, IMAGE_ORIGIN_DEVICE = 3 };
enum image_extent_type { IMAGE_EXTENT_DATA = 1, IMAGE_EXTENT_ZERO = 2 };

struct image_record {
	uint16_t kind;
	uint16_t flags;
	uint32_t size;   /* of the whole record */
	uint32_t id;
	uint32_t target; /* owner; 0 for target, extent, attachment and terminal */
};

/* Something that another record describes. */
struct image_reference {
	uint32_t kind; /* enum image_kind */
	uint32_t id;
};

struct image_target {
	struct image_record record;
	uint64_t ram_quota;
	uint64_t clock_ns;   /* its own monotonic time at the checkpoint */
	uint32_t cap_quota;
	uint32_t region_map; /* its address space */
	uint32_t reserved;
	uint32_t length[3];  /* name; arguments and environment as strings that end in 0 each */
};

/*
 * Extents cover an anonymous dataspace from 0 to its end exactly once; of a ROM and of the registers of a
 * device nothing is stored.
 */
struct image_dataspace {
	struct image_record record;
	uint64_t size;
	uint32_t origin;
	uint32_t length[1]; /* name of the ROM or device; empty if anonymous */
	uint64_t digest[2]; /* XXH3-128 of the content of the ROM, low word first; else 0 */
};

struct image_extent {
	struct image_record record; /* id: the dataspace */
	uint64_t offset;
	uint64_t size;
	uint64_t memory_offset;     /* DATA: where in the image's memory, the sum of all before; ZERO: 0 */
	uint32_t type;
	uint32_t reserved;
};

struct image_region_map {
	struct image_record record;
	uint64_t size;
	uint32_t fault_signal; /* object id of a signal, or 0 */
	uint32_t fault_badge;
};

struct image_attachment {
	struct image_record record;    /* id: the region map */
	uint64_t address;              /* in the region map */
	uint64_t size;
	uint64_t offset;               /* in the source */
	struct image_reference source; /* dataspace or region map; region maps never contain themselves */
	uint32_t rights;               /* READ, WRITE, EXECUTE */
	uint32_t reserved;
};

/* A kernel object: endpoint, reply, signal or interrupt. */
struct image_object {
	struct image_record record;
	uint32_t kind;   /* enum kind */
	uint32_t badges; /* signal: pending badges */
	uint32_t count;  /* signal: pending submissions; interrupt: 1 if it is masked until it is acknowledged */
	uint32_t thread; /* reply: the thread that awaits it, or 0 */
};

struct image_session {
	struct image_record record;
	uint64_t ram_quota;
	uint32_t cap_quota;
	uint32_t badge;
	uint32_t length[4]; /* service, label, arguments, state of the server */
};

struct image_rpc_object {
	struct image_record record;
	uint32_t session;              /* by which it was made, or 0 */
	uint32_t type;                 /* number given by the service */
	uint32_t badge;
	struct image_reference source; /* what it stands for, or {0, 0} */
	uint32_t length[1];            /* state of the server */
};

struct image_thread {
	struct image_record record;
	uint32_t utcb_index;
	uint32_t run;           /* enum thread_run */
	uint32_t object;        /* reply object that it awaits, or 0; that object names this thread */
	uint32_t fault;
	uint32_t access;
	uint32_t priority;
	uint32_t core;
	uint32_t budget;
	uint32_t period;
	uint32_t reserved;
	uint64_t fault_address;
	uint32_t length[5];     /* name; registers, utcb, foreign and fault registers of the architecture */
	uint32_t reserved_end;
};

struct image_capability {
	struct image_record record; /* id: the slot */
	struct image_reference object;
	uint32_t kind;              /* enum kind of the kernel's capability */
	uint32_t badge;
	uint32_t rights;
	uint32_t reserved;
};

struct image_terminal {
	struct image_record record; /* id: the session */
	uint64_t output_offset;
	uint64_t input_offset;
};

/* A host file that was handed in at start. */
struct image_file {
	struct image_record record;
	uint64_t size;
	uint64_t inode;
	uint64_t device;
	int64_t mtime_seconds;
	uint32_t mtime_nanoseconds;
	uint32_t length[2]; /* host path, path in the target */
	uint32_t reserved;
};

_Static_assert(sizeof(struct image_record) == 16, "documented size");
_Static_assert(sizeof(struct image_target) == 56, "documented size");
_Static_assert(sizeof(struct image_dataspace) == 48, "documented size");
_Static_assert(sizeof(struct image_extent) == 48, "documented size");
_Static_assert(sizeof(struct image_region_map) == 32, "documented size");
_Static_assert(sizeof(struct image_attachment) == 56, "documented size");
_Static_assert(sizeof(struct image_object) == 32, "documented size");
_Static_assert(sizeof(struct image_session) == 48, "documented size");
_Static_assert(sizeof(struct image_rpc_object) == 40, "documented size");
_Static_assert(sizeof(struct image_thread) == IMAGE_FIXED_MAX, "the largest");
_Static_assert(sizeof(struct image_capability) == 40, "documented size");
_Static_assert(sizeof(struct image_terminal) == 32, "documented size");
_Static_assert(sizeof(struct image_file) == 64, "documented size");

#endif
