/* SPDX-License-Identifier: MIT */
/* Thirteen general registers and the direction and arithmetic flags are held through a spin inside
 * one assembly block, in two threads at once. */
#include <pthread.h>

#include "test/checkpoint/subject.h"

SUBJECT(registers, "general registers and flags keep their values");

enum { SPIN = 2000000, REGISTERS = 13 };
static unsigned long steps;

/* Loads in[0..12], spins on rdi, stores to out[0..12]; the flags come back as lahf/seto give them.
 * rsi points to in, rbp is kept by hand, and out follows in at a fixed distance. */
static uint64_t registers_hold(uint64_t *words)
{
	unsigned long count = SPIN;
	uint64_t flags;

	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\t"
			 "mov 0(%%rsi), %%rax\n\tmov 8(%%rsi), %%rbx\n\tmov 16(%%rsi), %%rcx\n\t"
			 "mov 24(%%rsi), %%rdx\n\tmov 32(%%rsi), %%rbp\n\tmov 40(%%rsi), %%r8\n\t"
			 "mov 48(%%rsi), %%r9\n\tmov 56(%%rsi), %%r10\n\tmov 64(%%rsi), %%r11\n\t"
			 "mov 72(%%rsi), %%r12\n\tmov 80(%%rsi), %%r13\n\tmov 88(%%rsi), %%r14\n\t"
			 "mov 96(%%rsi), %%r15\n\tstd\n\t"
			 "cmp %%rax, %%rbx\n\t"
			 "1: lea -1(%%rdi), %%rdi\n\txchg %%rdi, %%rcx\n\tjrcxz 2f\n\txchg %%rdi, %%rcx\n\tjmp 1b\n\t"
			 "2: xchg %%rdi, %%rcx\n\t"
			 "mov %%rax, 104(%%rsi)\n\tmov %%rbx, 112(%%rsi)\n\tmov %%rcx, 120(%%rsi)\n\t"
			 "mov %%rdx, 128(%%rsi)\n\tmov %%rbp, 136(%%rsi)\n\tmov %%r8, 144(%%rsi)\n\t"
			 "mov %%r9, 152(%%rsi)\n\tmov %%r10, 160(%%rsi)\n\tmov %%r11, 168(%%rsi)\n\t"
			 "mov %%r12, 176(%%rsi)\n\tmov %%r13, 184(%%rsi)\n\tmov %%r14, 192(%%rsi)\n\t"
			 "mov %%r15, 200(%%rsi)\n\t"
			 "pushfq\n\tpop %%rdi\n\tcld\n\tpop %%rbp\n\tlea 128(%%rsp), %%rsp"
			 : "+D"(count) : "S"(words)
			 : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
			   "memory", "cc");
	flags = count;
	return flags;
}

/* The flags that `cmp first, second` sets and the direction flag: CF, ZF, SF, OF, DF. */
static uint64_t flags_expected(uint64_t second, uint64_t first)
{
	uint64_t difference = second - first;
	uint64_t overflow = ((second ^ first) & (second ^ difference)) >> 63;

	return (second < first) | (uint64_t)(difference == 0) << 6 | difference >> 63 << 7 | 1u << 10 |
	       overflow << 11;
}

static void *thread_run(void *argument)
{
	uint64_t words[2 * REGISTERS], *result = argument, flags;

	for (unsigned long step = 0; step < steps; step++) {
		for (int i = 0; i < REGISTERS; i++)
			words[i] = *result = subject_mix(*result);
		flags = registers_hold(words);
		for (int i = 0; i < REGISTERS; i++)
			subject_check(words[i] == words[REGISTERS + i], "step %lu: register %d", step, i);
		subject_check((flags & 0xcc1) == flags_expected(words[1], words[0]), "step %lu: flags %llx",
			      step, (unsigned long long)flags);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t results[2] = {1, 2};
	pthread_t thread;

	steps = subject_begin(argc, argv);
	subject_check(pthread_create(&thread, NULL, thread_run, &results[1]) == 0, "thread");
	thread_run(&results[0]);
	subject_check(pthread_join(thread, NULL) == 0, "join");
	return subject_finish(steps, results[0] ^ results[1]);
}
