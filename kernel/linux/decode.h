/* SPDX-License-Identifier: MIT */
/*
 * Decoding of kernel calls: the one place where slot, kind and rights are checked, and the calls that are
 * not messages or signals. Each function takes the caller and its argument words, validates all of them, and
 * then acts; *blocked is set when the caller is answered later.
 */
#ifndef KERNEL_LINUX_DECODE_H
#define KERNEL_LINUX_DECODE_H

#include "kernel/linux/domain.h"

/* A used slot of `pd` with this kind (KIND_NONE: any) and at least these rights. */
err_t cap_lookup(struct pd *pd, uint64_t slot, enum kind kind, uint32_t rights, struct cap **cap) MUST_CHECK;
err_t slot_lookup_empty(struct pd *pd, uint64_t slot, struct cap **cap) MUST_CHECK;

/* The domain at a slot of the caller, or its own for 0. */
err_t pd_lookup(struct thread *thread, uint64_t slot, uint32_t rights, struct pd **pd) MUST_CHECK;

err_t do_object_create(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_memory_derive(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_object_revoke(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_cap_revoke_badge(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_cap_copy(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_cap_delete(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_cap_list(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_map(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_unmap(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_protect(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_pause(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_resume(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_clock_get(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_pd_clock_set(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_memory_populated(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_memory_discard(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_console_write(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_bind(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_resume(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_pause(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_read(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_write(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_schedule_set(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_schedule_get(struct thread *thread, const uint64_t *word, bool *blocked);
err_t do_thread_yield(struct thread *thread, const uint64_t *word, bool *blocked);

#endif
