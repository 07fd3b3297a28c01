/* SPDX-License-Identifier: MIT */
/*
 * The system-call filters of a component process, as BPF programs (Documentation/userspace-api/seccomp_filter).
 *
 *   base     on every thread: kernel calls go to the kernel process; what the service thread and the stub
 *            need is allowed; everything else becomes SIGSYS
 *   thread   added on every thread but the service thread: of the above only rt_sigreturn and exit from the stub, kernel
 *            calls other than STUB_DONE, the clock from code that is not foreign; plus what a host grant allows
 */
#ifndef KERNEL_LINUX_FILTER_H
#define KERNEL_LINUX_FILTER_H

#include <stdbool.h>
#include <stdint.h>

/* Both return the number of instructions, at most `max`. `host`: with the calls of a host grant. */
uint32_t filter_base(uint64_t *program, uint32_t max, bool host);
uint32_t filter_thread(uint64_t *program, uint32_t max, bool host);

#endif
