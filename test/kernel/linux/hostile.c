/* SPDX-License-Identifier: MIT */
/* The kernel suite: attacks that only the hosted kernel knows: raw system calls, forged signal frames, signal stacks. */
#include <framework/memory.h>

#include "kernel/linux/call.h"
#include "kernel/linux/stub/layout.h"
#include "test/kernel/hostile.h"

enum { SYS_MMAP = 9, SYS_MPROTECT = 10, SYS_MUNMAP = 11, SYS_SIGRETURN = 15, SYS_CLONE = 56, SYS_EXIT = 60,
       SYS_KILL = 62, SYS_PTRACE = 101, SYS_PRCTL = 157, SYS_TGKILL = 234, SYS_OPENAT = 257, SYS_SECCOMP = 317 };

static uint64_t raw(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	register uint64_t r10 __asm__("r10") = d;
	register uint64_t r8 __asm__("r8") = e;
	uint64_t result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
	                 : "rcx", "r11", "memory");
	return result;
}

static void note_refused(struct registers *registers)
{
	registers->rax = 0x1234567;
	registers_continue(registers);
}

/* A `syscall` instruction of the stub itself. */
static uint64_t stub_instruction(void)
{
	const uint8_t *code = (const uint8_t *)STUB_TEXT;

	while (code[0] != 0x0f || code[1] != 0x05)
		code++;
	return (uint64_t)code;
}

/* The same, used with the attacker's own arguments. */
static uint64_t stub_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t result;

	register uint64_t target __asm__("r8") = stub_instruction();
	register uint64_t zero __asm__("r10") = 0;
	__asm__ volatile("push %%rbx\n\tlea 1f(%%rip), %%rbx\n\tjmp *%1\n1:\tpop %%rbx"
	                 : "=a"(result), "+r"(target)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(zero)
	                 : "rcx", "r11", "r9", "memory");
	return result;
}

static void note_refused_there(struct registers *registers)
{
	registers->rax = 0x1234567;
	registers->rip = registers->rbx;
	registers_continue(registers);
}

static void attack_host(addr_t unused)
{
	static const uint64_t numbers[] = {0, 1, 2, 3, SYS_MMAP, SYS_MPROTECT, SYS_MUNMAP, 12, 13, 14, 35, 39, 41, 57, 58,
	                                   59, SYS_CLONE, SYS_KILL, 72, SYS_PTRACE, SYS_PRCTL, 158, 186, 202, SYS_TGKILL,
	                                   SYS_OPENAT, 272, 308, 310, 311, SYS_SECCOMP, 321, 323, 425, 434, 435, 438,
	                                   440, KERNEL_CALL_BASE + CALL_STUB_DONE, 0x40000000 + 9};
	struct utcb *utcb = utcb_self();

	(void)unused;
	utcb->foreign_stack = ATTACK_STACK - 32 * 1024;
	for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		utcb->foreign_entry = (addr_t)note_refused;
		ATTACK->got_through += raw(numbers[i], 0x10000, 4096, 7, 0x32, 4) != 0x1234567;
		utcb->foreign_entry = (addr_t)note_refused_there;
		ATTACK->got_through += stub_call(numbers[i], 0x10000, 4096, 7) != 0x1234567;
		ATTACK->count += 2;
	}
	/* What the stub itself needs is refused from elsewhere; from there it harms only the caller (hostile_mask). */
	utcb->foreign_entry = (addr_t)note_refused;
	ATTACK->got_through += raw(SYS_SIGRETURN, 0, 0, 0, 0, 0) != 0x1234567;
	ATTACK->got_through += raw(SYS_EXIT, 0, 0, 0, 0, 0) != 0x1234567;
	/* A thread that is there cannot arrive again. */
	ATTACK->got_through += raw(KERNEL_CALL_BASE + CALL_STUB_READY, 0, 0, 0, 0, 0) != ERR_DENIED;
	ATTACK->count += 3;
	for (;;)
		thread_yield();
}

TEST(hostile_machine, "system calls of the host are refused, also through the stub's own instruction")
{
	static struct scene scene;

	scene_begin(&scene, attack_host, 1);
	for (int i = 0; i < 1000 && scene.attack->count < 83; i++)
		wait_for(1000000);
	CHECK(scene.attack->count == 83 && !scene.attack->got_through);
	CHECK(pd_pause(scene.partner.pd, 1000000000) == OK);
	scene_end(&scene);
}

/* A forged frame that blocks every signal, then computing for ever. */
static void attack_mask(addr_t unused)
{
	static uint8_t frame[1024] __attribute__((aligned(64)));
	uint64_t *words = (uint64_t *)frame;

	(void)unused;
	memset(frame, 0, sizeof frame);
	words[5 + 16] = (addr_t)&&spin;
	words[5 + 15] = ATTACK_STACK - 4096;
	words[5 + 17] = 0x202;
	words[5 + 18] = 0x33 | (0x2bul << 48);
	words[5 + 32] = ~0ul;
	__asm__ volatile("mov %0, %%rsp\n\tmov $15, %%eax\n\tjmp *%1" : : "r"(frame), "r"(stub_instruction()) : "rax", "memory");
spin:
	for (;;)
		ATTACK->count++;
}

static thread_t masked;
static volatile err_t pause_said;

static void masked_pause(addr_t unused)
{
	err_t err;

	(void)unused;
	while ((err = thread_pause(masked, 3600000000000)) == ERR_STATE)   /* the test tries to as well */
		thread_yield();
	pause_said = err;
	partner_rest();
}

/* Who pauses a thread that never reports may go before, and others pause then; who still waits hears that the thread has gone. */
static void pauses_outlive(const struct partner *partner)
{
	static uint8_t stack[16384] __attribute__((aligned(16)));
	const addr_t top = (addr_t)stack + sizeof stack - 8;

	masked = thread_make(partner->pd, 1, ATTACK_STACK - 8192, attack_mask, 0, (ep_t){0});
	CHECK(thread_resume(masked) == OK);
	for (int i = 0; i < 1000 && thread_pause(masked, 5000000) == OK; i++)
		CHECK(thread_resume(masked) == OK);
	thread_t asker = thread_make(PD_SELF, 1, top, masked_pause, 0, (ep_t){0});
	CHECK(thread_resume(asker) == OK);
	for (int i = 0; i < 1000 && pd_pause(partner->pd, 1000000) != ERR_STATE; i++)
		;
	CHECK(object_revoke(cap_any(asker)) == OK);
	err_t err = ERR_STATE;
	for (int i = 0; i < 1000 && err == ERR_STATE; i++, wait_for(1000000))
		err = pd_pause(partner->pd, 1000000);
	CHECK(err == ERR_TIMEOUT);
	pause_said = ERR_COUNT;
	asker = thread_make(PD_SELF, 1, top, masked_pause, 0, (ep_t){0});
	CHECK(thread_resume(asker) == OK);
	for (int i = 0; i < 1000 && pd_pause(partner->pd, 1000000) != ERR_STATE; i++)
		;
	CHECK(object_revoke(cap_any(masked)) == OK);
	for (int i = 0; i < 1000 && pause_said == ERR_COUNT; i++)
		wait_for(1000000);
	CHECK(pause_said == ERR_GONE);
	CHECK(object_revoke(cap_any(asker)) == OK);
}

TEST(hostile_mask, "a thread that blocks the pause signal makes its pause time out, and can be removed")
{
	static struct scene scene;

	scene_begin(&scene, attack_mask, 1);
	for (int i = 0; i < 1000 && scene.attack->count < 1000; i++)
		wait_for(1000000);
	CHECK(scene.attack->count >= 1000);
	CHECK(pd_pause(scene.partner.pd, 20000000) == ERR_TIMEOUT);
	CHECK(pd_pause(scene.partner.pd, 20000000) == ERR_TIMEOUT);
	pauses_outlive(&scene.partner);
	scene_end(&scene);
}

static void attack_files(addr_t unused)
{
	static const char *const outside[] = {"/etc/passwd", "../etc/passwd", "../../../../../../etc/passwd", "/proc/self/mem",
	                                      "/", ".."};

	/* pread and fcntl of the machine's memory; sendmsg and recvmsg, by which its descriptor could come back as another. */
	static const uint64_t memory[] = {17, 72}, copies[] = {46, 47, 32, 33, 292};

	(void)unused;
	utcb_self()->foreign_stack = ATTACK_STACK - 32 * 1024;
	utcb_self()->foreign_entry = (addr_t)note_refused;
	for (unsigned i = 0; i < sizeof memory / sizeof *memory; i++)
		ATTACK->got_through += raw(memory[i], STUB_FD_RAM, 0, 0, 0, 0) != 0x1234567;
	for (unsigned i = 0; i < sizeof copies / sizeof *copies; i++)
		ATTACK->got_through += raw(copies[i], STUB_FD_GRANT, 0, 0, 0, 0) != 0x1234567;
	for (unsigned i = 0; i < sizeof outside / sizeof *outside; i++)
		ATTACK->got_through += (int64_t)raw(SYS_OPENAT, STUB_FD_GRANT, (addr_t)outside[i], 0, 0, 0) >= 0;
	ATTACK->got_through += (int64_t)raw(SYS_OPENAT, STUB_FD_GRANT, (addr_t) "inside", 0102, 0600, 0) < 0;
	ATTACK->count = 1;
	for (;;)
		thread_yield();
}

TEST(hostile_files, "a component with a grant of a directory reaches that directory and nothing else")
{
	static struct scene scene;

	if (!boot_info()->grant_count)
		return;
	scene.partner.host = (host_t){boot_info()->grants[0].slot};
	scene_begin(&scene, attack_files, 1);
	for (int i = 0; i < 1000 && !scene.attack->count; i++)
		wait_for(1000000);
	CHECK(scene.attack->count == 1 && !scene.attack->got_through);
	scene_end(&scene);
}
