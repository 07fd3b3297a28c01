/* SPDX-License-Identifier: MIT */
/*
 * Signal frames on the alternate stack of a thread, as Linux writes and reads them (x86-64): registers out
 * of one, and one made from registers. They lie in memory that the component can write, so every address and
 * size is checked against the control block before it is used.
 */
#ifndef KERNEL_LINUX_FRAME_H
#define KERNEL_LINUX_FRAME_H

#include <kernel/err.h>
#include <kernel/registers.h>

struct frame_fault {
	int signal;
	int code;
	uint64_t address;
	uint64_t error;   /* page fault error code of the processor */
	uint32_t number;  /* of a foreign system call */
};

/* The largest register image of this machine; ERR_UNSUPPORTED with a sentence if it cannot be kept. */
err_t frame_probe(const char **sentence) MUST_CHECK;

/* `block` is the kernel's view of a control block that the component sees at `base`; `frame` as it sees it. */
err_t frame_read(const uint8_t *block, uint64_t base, uint64_t frame, struct registers *registers) MUST_CHECK;
err_t frame_read_fault(const uint8_t *block, uint64_t base, uint64_t frame, struct frame_fault *fault) MUST_CHECK;

/* Make a frame; `frame` is where it lies for the component. Registers that Linux would refuse: ERR_ARGUMENT. */
err_t frame_write(uint8_t *block, uint64_t base, const struct registers *registers, uint64_t *frame) MUST_CHECK;

/* Change the result register of a frame that frame_write made or frame_read accepted. */
void frame_set_result(uint8_t *block, uint64_t base, uint64_t frame, uint64_t result);

#endif
