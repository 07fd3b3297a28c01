/* SPDX-License-Identifier: MIT */
/*
 * The system suite: a component under init that uses core, framework and init as any component may, and as none should.
 *
 * A test is one function, registered with its name and a sentence. It checks with CHECK and gives back what it took: the
 * quota of the suite (bytes and capabilities) and the used slots of its capability space are compared.
 */
#ifndef TEST_SYSTEM_SUITE_H
#define TEST_SYSTEM_SUITE_H

#include <framework/env.h>
#include <kernel/thread.h>
#include <pd/session.h>
#include <rm/session.h>

struct test {
	const char *name;
	const char *sentence;
	void (*run)(void);
};

#define TEST(name, sentence)                                                                       \
	static void name(void);                                                                    \
	static const struct test test_##name                                                       \
		__attribute__((used, section("tests"), aligned(sizeof(void *)))) = {#name, sentence, name};      \
	static void name(void)

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
#define CHECK_ERR(call, wanted) check_err(call, wanted, #call, __FILE__, __LINE__)
#define CHECK_OK(call) CHECK_ERR(call, OK)
void check(bool condition, const char *text, const char *file, int line);
void check_err(err_t found, err_t wanted, const char *text, const char *file, int line);

/* What the suite has and uses. */
struct pd_quota_reply quota_of(slot_t pd);
#define QUOTA() quota_of(SLOT_PD)

/* The region maps service, and shorter calls of it. */
extern struct session suite_rm;
rm_t map_make(uint64_t size);
ds_t map_ds(rm_t map);
void map_destroy(rm_t map, ds_t as_ds);
err_t map_attach(rm_t map, ds_t ds, uint64_t address, uint64_t offset, uint64_t size, uint32_t rights) MUST_CHECK;
err_t map_detach(rm_t map, uint64_t address, uint64_t size) MUST_CHECK;
err_t map_protect(rm_t map, uint64_t address, uint64_t size, uint32_t rights) MUST_CHECK;
#define OWN_MAP ((rm_t){SLOT_ADDRESS_SPACE})
enum { READ_WRITE = RIGHT_READ | RIGHT_WRITE };

/*
 * Access one word. False: there was a fault that no fault handler resolved; its reflection ended the access.
 */
bool word_read(const void *address, uint64_t *value);
bool word_write(void *address, uint64_t value);

/* What a division by zero is on this machine (test/system/ARCH/access.S). */
extern const uint32_t fault_of_division;

/* A thread of the suite that may fail. Its stack is taken once for each index, 1 to 7, and kept. */
slot_t thread_make(slot_t cpu, uint32_t index, void (*entry)(addr_t), addr_t argument);
void thread_end(slot_t cpu, slot_t thread);

/* Waits on a signal, at most ten seconds: false if nothing came. */
bool signal_came(signal_t signal);
void sleep_short(void);

/* The program "tiny" of this node, which asks its parent to end it with status 7. */
struct program {
	const void *bytes;
	uint64_t size;
	ds_t ds;
};
extern struct program suite_tiny;
enum { TINY_STATUS = 7 };

#endif
