/* SPDX-License-Identifier: MIT */
/* Fills every vector register the processor has (SSE, AVX, AVX-512 with its masks), spins inside
 * the same assembly block, and compares what is stored afterwards: the compiler has no say between. */
#include <string.h>

#include "test/checkpoint/subject.h"

SUBJECT(vector, "vector and mask registers keep every bit");

enum { SPIN = 2000000 };
static uint8_t loaded[32 * 64 + 64] __attribute__((aligned(64)));
static uint8_t stored[sizeof(loaded)] __attribute__((aligned(64)));

#define LIST_16(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define LIST_32(X) LIST_16(X) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) \
	X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define LIST_MASK(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define CLOBBERED "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", \
	"xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

#define LOAD_128(n) "movdqa " #n "*16(%[in]), %%xmm" #n "\n\t"
#define STORE_128(n) "movdqa %%xmm" #n ", " #n "*16(%[out])\n\t"
#define LOAD_256(n) "vmovdqa " #n "*32(%[in]), %%ymm" #n "\n\t"
#define STORE_256(n) "vmovdqa %%ymm" #n ", " #n "*32(%[out])\n\t"
#define LOAD_512(n) "vmovdqa64 " #n "*64(%[in]), %%zmm" #n "\n\t"
#define STORE_512(n) "vmovdqa64 %%zmm" #n ", " #n "*64(%[out])\n\t"
#define LOAD_MASK(n) "kmovw 2048+" #n "*2(%[in]), %%k" #n "\n\t"
#define STORE_MASK(n) "kmovw %%k" #n ", 2048+" #n "*2(%[out])\n\t"
#define SPIN_LOOP "1: sub $1, %[count]\n\tjnz 1b\n\t"

static size_t vector_hold_128(void)
{
	unsigned long count = SPIN;

	__asm__ volatile(LIST_16(LOAD_128) SPIN_LOOP LIST_16(STORE_128)
			 : [count] "+r"(count) : [in] "r"(loaded), [out] "r"(stored) : CLOBBERED);
	return 16 * 16;
}

static size_t vector_hold_256(void)
{
	unsigned long count = SPIN;

	__asm__ volatile(LIST_16(LOAD_256) SPIN_LOOP LIST_16(STORE_256) "vzeroupper"
			 : [count] "+r"(count) : [in] "r"(loaded), [out] "r"(stored) : CLOBBERED);
	return 16 * 32;
}

static size_t vector_hold_512(void)
{
	unsigned long count = SPIN;

	__asm__ volatile(LIST_32(LOAD_512) LIST_MASK(LOAD_MASK) SPIN_LOOP
			 LIST_MASK(STORE_MASK) LIST_32(STORE_512) "vzeroupper"
			 : [count] "+r"(count) : [in] "r"(loaded), [out] "r"(stored) : CLOBBERED);
	return 32 * 64 + 16;
}

static void vector_compare(size_t size, unsigned long step)
{
	for (size_t i = 0; i < size; i++) {
		if (size > 32 * 64 && (i == 32 * 64 || i == 32 * 64 + 1))
			continue; /* k0 is not a mask that can be used */
		subject_check(loaded[i] == stored[i], "step %lu, %zu bytes held, byte %zu", step, size, i);
	}
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	size_t (*hold[3])(void) = {vector_hold_128};
	unsigned kinds = 1;
	uint64_t value = 1;

	if (__builtin_cpu_supports("avx"))
		hold[kinds++] = vector_hold_256;
	if (__builtin_cpu_supports("avx512f"))
		hold[kinds++] = vector_hold_512;
	for (unsigned long step = 0; step < steps; step++) {
		for (size_t i = 0; i < sizeof(loaded); i += sizeof(value)) {
			value = subject_mix(value);
			memcpy(loaded + i, &value, sizeof(value));
		}
		memset(stored, 0, sizeof(stored));
		vector_compare(hold[step % kinds](), step);
	}
	return subject_finish(steps, value);
}
