/* SPDX-License-Identifier: MIT */
/*
 * The part of the stub that C cannot write: loops and handlers that work without a stack, or whose stack
 * pointer is the signal frame. Registers only, see layout.h.
 */
#include "kernel/linux/call.h"
#include "kernel/linux/stub/layout.h"

#define SYS_MPROTECT 10
#define SYS_SIGRETURN 15
#define SYS_CLONE 56
#define SYS_EXIT 60
#define SYS_ARCH_PRCTL 158
#define SYS_SECCOMP 317
#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
/* VM FS FILES SIGHAND THREAD SYSVSEM */
#define CLONE_FLAGS 0x00050f00

	.text
	.globl _start
_start:
	xor %ebp, %ebp
	mov %rsp, %rdi
	and $-16, %rsp
	call stub_start

/* The service thread: take commands, run them, report the result of the last one or the first error. */
	.globl stub_serve
stub_serve:
	movabs $STUB_PAGE, %r12
	xor %r13d, %r13d
.Lserve:
	mov $(KERNEL_CALL_BASE + CALL_STUB_DONE), %eax
	mov %r13, %rdi
	syscall
	mov STUB_COMMAND_COUNT(%r12), %r14
	lea STUB_COMMANDS(%r12), %rbx
	xor %r13d, %r13d
.Lnext:
	test %r14, %r14
	jz .Lspawn
	mov 0(%rbx), %rax
	mov 8(%rbx), %rdi
	mov 16(%rbx), %rsi
	mov 24(%rbx), %rdx
	mov 32(%rbx), %r10
	mov 40(%rbx), %r8
	mov 48(%rbx), %r9
	syscall
	mov %rax, %r13
	cmp $-4095, %rax
	jae .Lserve
	add $STUB_COMMAND_SIZE, %rbx
	dec %r14
	jmp .Lnext
.Lspawn:
	mov STUB_SPAWN_UTCB(%r12), %r15
	test %r15, %r15
	jz .Lserve
	mov $SYS_CLONE, %eax
	mov $CLONE_FLAGS, %edi
	lea UTCB_SIZE_BYTES(%r15), %rsi
	xor %edx, %edx
	xor %r10d, %r10d
	xor %r8d, %r8d
	syscall
	mov %rax, %r13
	test %rax, %rax
	jnz .Lserve

/* A new thread: its control block, its filter, then its first frame. */
	mov $SYS_ARCH_PRCTL, %eax
	mov $ARCH_SET_GS, %edi
	mov %r15, %rsi
	syscall
	mov $SYS_SECCOMP, %eax
	mov $1, %edi
	xor %esi, %esi
	lea STUB_FPROG(%r12), %rdx
	syscall
	mov %rax, %rdi
	mov $(KERNEL_CALL_BASE + CALL_STUB_READY), %eax
	syscall
	jmp .Lresume

/*
 * Handlers: the stack pointer is the signal frame. The kernel answers with the frame to go on with, or 1
 * for the end of this thread.
 */
	.globl stub_handle_pause
stub_handle_pause:
	mov $(KERNEL_CALL_BASE + CALL_STUB_PAUSED), %eax
	jmp .Lreport
	.globl stub_handle_fault
stub_handle_fault:
	mov $(KERNEL_CALL_BASE + CALL_STUB_FAULT), %eax
.Lreport:
	movabs $STUB_PAGE, %r12
	cmpq $0, STUB_FSGSBASE(%r12)
	je .Lkept
	rdfsbase %rdx
	mov %rdx, %gs:UTCB_KERNEL_OFFSET
.Lkept:
	mov %rsp, %rdi
	syscall
.Lresume:
	cmp $1, %rax
	je .Lexit
	lea 8(%rax), %rsp
	mov %gs:UTCB_KERNEL_OFFSET, %rsi
	cmpq $0, STUB_FSGSBASE(%r12)
	je .Lcall
	wrfsbase %rsi
	jmp stub_return
.Lcall:
	mov $SYS_ARCH_PRCTL, %eax
	mov $ARCH_SET_FS, %edi
	syscall
	.globl stub_return
stub_return:
	mov $SYS_SIGRETURN, %eax
	syscall
	ud2
.Lexit:
	xor %edi, %edi
	mov $SYS_EXIT, %eax
	syscall
	ud2

	.section .note.GNU-stack, "", @progbits
