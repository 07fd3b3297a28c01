/* SPDX-License-Identifier: MIT */
/*
 * A file system in memory behind server/host.h that knows what is durable. It promises what POSIX does and no more:
 *
 *    written bytes          may be there, in part, or as zeros, until the file is synced
 *    names made or gone     each may be there or not, in any combination, until their directory is synced;
 *                           a rename is one change
 *    a sync that failed     the file's bytes may be lost however often it is synced later
 */
#ifndef TEST_FAULTS_DISK_H
#define TEST_FAULTS_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum { DISK_INODES = 48, DISK_ENTRIES = 12, DISK_CHANGES = 12, DISK_BYTES = 64, DISK_NAME = 48 };

struct entry {
	char name[DISK_NAME];          /* empty: free */
	int inode;
};

struct change {
	char gone[DISK_NAME], made[DISK_NAME];   /* names, either may be empty */
	int inode;
};

struct inode {
	bool directory, unsynced, lost;
	uint32_t size, durable_size;
	uint8_t bytes[DISK_BYTES], durable_bytes[DISK_BYTES];
	struct entry entries[DISK_ENTRIES], durable_entries[DISK_ENTRIES];
	uint32_t change_count;
	struct change changes[DISK_CHANGES];     /* of entries, since the last sync */
};

struct disk {
	uint32_t inode_count;
	struct inode inodes[DISK_INODES];        /* the first is the store's directory */
	int descriptors[16];                     /* inode, -1: closed */
};

/* The one that host.h works on. */
extern struct disk *disk;

void disk_init(struct disk *fresh);

/* Called after each change, with the disk as it is then; NULL: none. */
extern void (*disk_changed)(void);

/* The call so many changes or syncs ahead fails; 0: none. */
extern uint32_t disk_failing;

/* How many states a power cut can leave, and state number `n` of them. */
uint64_t disk_state_count(const struct disk *from);
void disk_state(const struct disk *from, uint64_t n, struct disk *to);

/* What a server that died leaves: everything as it was, no descriptor open. */
void disk_orphan(const struct disk *from, struct disk *to);

#endif
