/* SPDX-License-Identifier: MIT */
/* Attacks on the kernel and its stub, see attack.h. What is particular to the hosted kernel is here. */
#include <cpu/session.h>
#include <framework/memory.h>
#include <kernel/thread.h>

#include "kernel/linux/call.h"
#include "kernel/linux/stub/layout.h"
#include "test/hostile/attack.h"

enum { REFUSED = 0x1234567, STACK = 32 * 1024 };

static uint8_t handler_stack[STACK] __attribute__((aligned(64)));

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
	register uint64_t target __asm__("r8") = stub_instruction();
	register uint64_t zero __asm__("r10") = 0;
	uint64_t result;

	__asm__ volatile("push %%rbx\n\tlea 1f(%%rip), %%rbx\n\tjmp *%1\n1:\tpop %%rbx"
	                 : "=a"(result), "+r"(target)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(zero)
	                 : "rcx", "r11", "r9", "memory");
	return result;
}

static void refused(struct registers *registers)
{
	registers->rax = REFUSED;
	registers_continue(registers);
}

static void refused_there(struct registers *registers)
{
	registers->rax = REFUSED;
	registers->rip = registers->rbx;
	registers_continue(registers);
}

void attack_host_calls(void)
{
	struct utcb *utcb = utcb_self();
	/* What the stub needs; and two that Linux lets past every filter and answers with SIGILL but where it put them. */
	enum { EXIT = 60, SIGRETURN = 15, CLOCK = 228, URETPROBE = 335, UPROBE, LAST = 460 };

	utcb->foreign_stack = (addr_t)handler_stack + STACK - 64;
	for (int round = 0; round < 3; round++)
		for (uint64_t number = 0; number < LAST; number++) {
			if (number == EXIT || number == SIGRETURN || number == CLOCK || number == URETPROBE ||
			    number == UPROBE)
				continue;
			utcb->foreign_entry = (addr_t)refused;
			attack_note(raw(number, round ? attack_word() : 4, attack_word(), attack_word(), attack_word(), 4) != REFUSED,
			            (uint32_t)number);
			utcb->foreign_entry = (addr_t)refused_there;
			attack_note(stub_call(number, round ? attack_word() : 4, attack_word(), attack_word()) != REFUSED,
			            (uint32_t)number + 1000);
		}
}

static _Noreturn void calls_make(addr_t unused)
{
	struct utcb *utcb = utcb_self();

	(void)unused;
	for (;;) {
		for (uint32_t i = 0; i < MESSAGE_CAPS; i++) {
			utcb->extra[i] = attack_word();
			utcb->caps[i] = (slot_t)attack_word();
			utcb->receive[i] = (slot_t)attack_word();
		}
		utcb->word_count = (uint32_t)attack_word();
		utcb->cap_count = (uint32_t)attack_word();
		attack_note(false, 0);
		raw(KERNEL_CALL_BASE + attack_random() % 72, attack_word(), attack_word(), attack_word(), attack_word(),
		    attack_word());
	}
}

/* By many threads, as most come to a call that never returns. */
void attack_kernel_calls(void)
{
	for (uint32_t index = 1; index < 48; index++) {
		err_t err = thread_spawn(index, "calls", PAGE_SIZE * 2, calls_make, 0);
		if (err != OK)
			break;
	}
	calls_make(0);
}

enum { MASK_WORDS = (4 << 20) / 8 };
static volatile uint64_t *masked_memory;

static _Noreturn void masked_write(void)
{
	for (;;)
		for (uint32_t i = 0; i < MASK_WORDS; i += 64) {
			masked_memory[i] = ~0ul;
			ATTACK->count++;
		}
}

/* Every signal blocked by a frame of its own, then memory written over and over: it must not be anybody else's. */
void attack_mask(void)
{
	static uint8_t frame[1024] __attribute__((aligned(64)));
	uint64_t *words = (uint64_t *)frame;
	void *memory;

	if (memory_take(MASK_WORDS * 8, &memory) != OK)
		return;
	masked_memory = memory;
	words[5 + 16] = (addr_t)masked_write;
	words[5 + 15] = (addr_t)handler_stack + STACK - 4096 - 8;
	words[5 + 17] = 0x202;
	words[5 + 18] = 0x33 | (0x2bul << 48);
	words[5 + 32] = ~0ul;
	__asm__ volatile("mov %0, %%rsp\n\tmov $15, %%eax\n\tjmp *%1"
	                 :
	                 : "r"(frame), "r"(stub_instruction())
	                 : "rax", "memory");
}

static _Noreturn void deaf_run(addr_t unused)
{
	(void)unused;
	attack_mask();
	for (;;)
		thread_yield();
}

void attack_deaf(void)
{
	const struct cpu_thread_create_request create = {.index = 40, .core = AFFINITY_ANY, .name = "deaf"};
	const struct cpu_thread_interrupt_request interrupt = {0, 0};
	struct cpu_thread_create_reply created;
	struct cpu_thread_interrupt_reply reply = {0};
	struct cpu_thread_start_reply started;
	const slot_t own = SLOT_PD;
	void *stack;
	slot_t slot;

	if (slot_take(&slot) != OK || memory_take(65536, &stack) != OK ||
	    cpu_thread_create((ep_t){SLOT_CPU}, &create, &own, &created, &slot) != OK)
		return;
	const struct cpu_thread_start_request start = {(addr_t)deaf_run, (addr_t)stack + 65536 - 8, 0};
	if (cpu_thread_start((ep_t){slot}, &start, NULL, &started, NULL) != OK)
		return;
	for (;;) {
		err_t err = cpu_thread_interrupt((ep_t){slot}, &interrupt, NULL, &reply, NULL);
		attack_note(err == OK && reply.done && ATTACK->count > MASK_WORDS, 1);
	}
}

void attack_block(void)
{
	volatile uint64_t *words = (volatile uint64_t *)utcb_address(0);

	for (;;) {
		words[attack_random() % (UTCB_SIZE / 8)] = attack_word();
		ATTACK->count++;
	}
}

static _Noreturn void jumper(addr_t seed)
{
	uint64_t where = STUB_TEXT + seed % 4096;

	ATTACK->count++;
	if (seed % 5 == 0)
		where = seed;
	__asm__ volatile("jmp *%0" : : "r"(where), "a"(seed % 3 ? KERNEL_CALL_BASE + seed % 80 : 60), "D"(seed) : "memory");
	__builtin_unreachable();
}

void attack_jump(void)
{
	for (uint32_t index = 1; index < 48; index++) {
		err_t err = thread_spawn(index, "jump", 16384, jumper, attack_random());
		if (err != OK)
			break;
	}
	for (int i = 0; i < 2000; i++)
		thread_yield();
	jumper(60 * 3);
}
