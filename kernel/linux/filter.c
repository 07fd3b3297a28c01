/* SPDX-License-Identifier: MIT */
/* System-call filters: see filter.h. */
#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include <asm/prctl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <kernel/machine.h>

#include "kernel/linux/call.h"
#include "kernel/linux/filter.h"
#include "kernel/linux/stub/layout.h"

/*
 * What host servers may call (server/host.c); on what is limited by the descriptors they hold and by Landlock. Nothing that
 * passes or copies descriptors: the machine's memory is among them, under numbers that are refused.
 */
static const uint32_t host_calls[] = {
	SYS_read, SYS_write, SYS_pread64, SYS_pwrite64, SYS_close, SYS_lseek, SYS_fstat, SYS_openat, SYS_fsync,
	SYS_ftruncate, SYS_renameat, SYS_unlinkat, SYS_mkdirat, SYS_getdents64, SYS_poll, SYS_accept4, SYS_shutdown,
	SYS_restart_syscall /* by Linux itself, after the process was stopped in poll */,
};

static const uint32_t service_calls[] = {
	SYS_mmap, SYS_munmap, SYS_mprotect, SYS_clone, SYS_seccomp, SYS_close, SYS_sendmsg,
	SYS_rt_sigreturn, SYS_exit, SYS_exit_group, SYS_clock_gettime, SYS_arch_prctl,
};

struct program {
	struct sock_filter *code;
	uint32_t count, max;
};

static void emit(struct program *program, struct sock_filter instruction)
{
	assert(program->count < program->max);
	program->code[program->count++] = instruction;
}

static void emit_load(struct program *program, uint32_t offset)
{
	emit(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void emit_return(struct program *program, uint32_t action)
{
	emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* If the number is `number` then `action`. */
static void emit_number(struct program *program, uint32_t number, uint32_t action)
{
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
	emit_return(program, action);
}

static void emit_start(struct program *program)
{
	emit_load(program, offsetof(struct seccomp_data, arch));
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
	emit_return(program, SECCOMP_RET_KILL_PROCESS);
	emit_load(program, offsetof(struct seccomp_data, nr));
}

static void emit_calls(struct program *program, uint32_t action)
{
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, KERNEL_CALL_BASE, 0, 2));
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, KERNEL_CALL_LAST, 1, 0));
	emit_return(program, action);
}

static void emit_numbers(struct program *program, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		emit_number(program, numbers[i], SECCOMP_RET_ALLOW);
}

/*
 * `number` with a first argument of `least` to `most`, from code at addresses whose upper half is at least `upper`; from
 * elsewhere it is a foreign call. Others go on behind this.
 */
static void emit_from(struct program *program, uint32_t number, uint32_t upper, uint32_t least, uint32_t most)
{
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 7));
	emit_load(program, offsetof(struct seccomp_data, instruction_pointer) + 4);
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, upper, 0, 4));
	emit_load(program, offsetof(struct seccomp_data, args[0]));
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, least, 0, 2));
	emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, most, 1, 0));
	emit_return(program, SECCOMP_RET_ALLOW);
	emit_return(program, SECCOMP_RET_TRAP);
}

/* The machine's memory is no file for anybody, nor is it a directory to start from. */
static void emit_not_memory(struct program *program)
{
	emit_load(program, offsetof(struct seccomp_data, args[0]));
	emit_number(program, STUB_FD_RAM, SECCOMP_RET_TRAP);
	emit_number(program, STUB_FD_READ, SECCOMP_RET_TRAP);
	emit_load(program, offsetof(struct seccomp_data, nr));
}

uint32_t filter_base(uint64_t *code, uint32_t max, bool host)
{
	struct program program = {(struct sock_filter *)code, 0, max};

	emit_start(&program);
	emit_calls(&program, SECCOMP_RET_USER_NOTIF);
	emit_numbers(&program, service_calls, sizeof service_calls / sizeof *service_calls);
	if (host)
		emit_numbers(&program, host_calls, sizeof host_calls / sizeof *host_calls);
	emit_return(&program, SECCOMP_RET_TRAP);
	return program.count;
}

uint32_t filter_thread(uint64_t *code, uint32_t max, bool host)
{
	struct program program = {(struct sock_filter *)code, 0, max};

	emit_start(&program);
	emit_number(&program, KERNEL_CALL_BASE + CALL_STUB_DONE, SECCOMP_RET_TRAP);
	emit_calls(&program, SECCOMP_RET_ALLOW);
	emit_from(&program, SYS_rt_sigreturn, STUB_TEXT >> 32, 0, UINT32_MAX);
	emit_from(&program, SYS_exit, STUB_TEXT >> 32, 0, UINT32_MAX);
	emit_from(&program, SYS_clock_gettime, FOREIGN_HIGH >> 32, 0, 1);
	emit_from(&program, SYS_arch_prctl, FOREIGN_HIGH >> 32, ARCH_SET_GS, ARCH_SET_FS);
	if (host)
		emit_not_memory(&program);
	if (host)
		emit_numbers(&program, host_calls, sizeof host_calls / sizeof *host_calls);
	emit_return(&program, SECCOMP_RET_TRAP);
	return program.count;
}
