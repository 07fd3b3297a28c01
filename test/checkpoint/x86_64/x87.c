/* SPDX-License-Identifier: MIT */
/* Seven values on the x87 stack, an unusual control word and an unusual MXCSR are held through a
 * spin inside one assembly block; rounding modes are then shown by a quotient that differs. */
#include "test/checkpoint/subject.h"

SUBJECT(x87, "x87 stack, control word and MXCSR stay as set");

enum { SPIN = 1000000, VALUES = 7 };

struct control {
	uint16_t word;
	uint32_t vector;
};

/* Rounding bits 0..3 in both units; all exceptions masked. x87 precision is extended or double. */
static struct control control_make(unsigned long step)
{
	unsigned round = step % 4;
	unsigned precision = step & 4 ? 0x300 : 0x200;

	return (struct control){.word = (uint16_t)(0x7f + precision + (round << 10)),
				.vector = 0x1f80 | round << 13 | (step & 8 ? 0x8000 : 0)};
}

static struct control x87_hold(struct control set, const double *in, double *out)
{
	struct control got = {0}, usual = {.word = 0x37f, .vector = 0x1f80};
	unsigned long count = SPIN;

	__asm__ volatile("fninit\n\tfldcw %[word]\n\tldmxcsr %[vector]\n\t"
			 "fldl (%[in])\n\tfldl 8(%[in])\n\tfldl 16(%[in])\n\tfldl 24(%[in])\n\t"
			 "fldl 32(%[in])\n\tfldl 40(%[in])\n\tfldl 48(%[in])\n\t"
			 "1: sub $1, %[count]\n\tjnz 1b\n\t"
			 "fstpl 48(%[out])\n\tfstpl 40(%[out])\n\tfstpl 32(%[out])\n\tfstpl 24(%[out])\n\t"
			 "fstpl 16(%[out])\n\tfstpl 8(%[out])\n\tfstpl (%[out])\n\t"
			 "fnstcw %[got_word]\n\tstmxcsr %[got_vector]\n\t"
			 "fldcw %[usual_word]\n\tldmxcsr %[usual_vector]"
			 : [count] "+r"(count), [got_word] "=m"(got.word), [got_vector] "=m"(got.vector)
			 : [in] "r"(in), [out] "r"(out), [word] "m"(set.word), [vector] "m"(set.vector),
			   [usual_word] "m"(usual.word), [usual_vector] "m"(usual.vector)
			 : "memory", "cc", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)");
	return got;
}

/* 1/3 rounds up in mode 2 only, for every sign: the quotient tells the mode from the others. */
static uint64_t quotient_in_mode(uint32_t vector)
{
	volatile double one = 1.0, three = 3.0;
	double quotient = one;
	uint32_t usual = 0x1f80;
	unsigned long count = SPIN;
	union { double value; uint64_t bits; } shown;

	__asm__ volatile("ldmxcsr %[vector]\n\t1: sub $1, %[count]\n\tjnz 1b\n\t"
			 "divsd %[three], %[quotient]\n\tldmxcsr %[usual]"
			 : [quotient] "+x"(quotient), [count] "+r"(count)
			 : [three] "m"(three), [vector] "m"(vector), [usual] "m"(usual) : "cc");
	shown.value = quotient;
	return shown.bits;
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	uint64_t result = 0;

	for (unsigned long step = 0; step < steps; step++) {
		struct control set = control_make(step), got;
		double in[VALUES], out[VALUES];
		uint64_t bits;

		for (int i = 0; i < VALUES; i++)
			in[i] = (double)(int64_t)subject_mix(step * VALUES + (uint64_t)i) / 4096.0;
		got = x87_hold(set, in, out);
		subject_check(got.word == set.word, "step %lu: control word %x, set %x", step, got.word, set.word);
		subject_check((got.vector & ~0x3fu) == set.vector, "step %lu: MXCSR %x, set %x", step,
			      got.vector, set.vector);
		for (int i = 0; i < VALUES; i++)
			subject_check(in[i] == out[i], "step %lu: x87 register %d", step, i);
		bits = quotient_in_mode(set.vector);
		subject_check(bits == 0x3fd5555555555555u + (step % 4 == 2), "step %lu: quotient %llx", step,
			      (unsigned long long)bits);
		result = subject_mix(result ^ bits ^ set.word);
	}
	return subject_finish(steps, result);
}
