/* SPDX-License-Identifier: MIT */
/* What every fuzz target is: one function, called by libFuzzer or by regress.c; and reading its input bit by bit. */
#ifndef TEST_FUZZ_FUZZ_H
#define TEST_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input {
	const uint8_t *at, *end;
};

/* The next byte; zero behind the end. */
static inline uint8_t fuzz_byte(struct fuzz_input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

/* A number: mostly one at which something changes, else any. */
uint64_t fuzz_number(struct fuzz_input *input);

/* Fill `size` bytes of a request with such numbers and with names. */
void fuzz_payload(struct fuzz_input *input, void *payload, uint32_t size);

#endif
