/* SPDX-License-Identifier: MIT */
/* Instructions for the checks of faults and memory, by the file machine.c of each architecture. */
#ifndef POSIX_TEST_MACHINE_H
#define POSIX_TEST_MACHINE_H

/* Each faults in one instruction; those of `machine_privileged` are for the kernel alone. */
void machine_undefined(void);
void machine_breakpoint(void);
void machine_jump(const void *address);
enum { MACHINE_PRIVILEGED = 3 };
extern void (*const machine_privileged[MACHINE_PRIVILEGED])(void);

/* An undefined instruction; the handler skips it by machine_skip and says what value it has. */
long machine_undefined_value(void);
void machine_skip(void *context, long value);

/* Vector registers across a signal 10 to oneself, by kill: 0 if they were lost. A handler messes them up. */
int machine_vectors_kept(long pid);
void machine_vectors_mess(void);

/*
 * The same for a state that a handler starts without and its end brings back: data in big-endian order (ARM), strings downwards
 * (x86). 0 if it was lost. `machine_turned`: whether the caller is in that state.
 */
int machine_turned_kept(long pid);
int machine_turned(void);

/* The bytes of a function that returns 42. */
extern const unsigned char machine_answer[];
extern const unsigned machine_answer_size;

#endif
