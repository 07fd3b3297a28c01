/* SPDX-License-Identifier: MIT */
/*
 * The component's side of entering the kernel: see registers.h for what survives and where it lies.
 *
 *   long kernel_enter(uint32_t call, w0, w1, w2, w3, w4)
 *
 * Everything that the contract keeps is on the stack of the caller while the thread is in the kernel, so
 * that a thread can be continued behind the system call in a new process with nothing but ip, sp and rax.
 */
#include "kernel/linux/call.h"
#include "kernel/linux/stub/layout.h"

#define SYS_ARCH_PRCTL 158
#define ARCH_SET_FS 0x1002

	.text
	.globl kernel_enter
kernel_enter:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	sub $8, %rsp
	stmxcsr (%rsp)
	fnstcw 4(%rsp)
	lea KERNEL_CALL_BASE(%rdi), %eax
	mov %rsi, %rdi
	mov %rdx, %rsi
	mov %rcx, %rdx
	mov %r8, %r10
	mov %r9, %r8
	mov %rsp, %r9
	syscall
	ldmxcsr (%rsp)
	fldcw 4(%rsp)
	add $8, %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

/* _Noreturn void registers_continue(const struct registers *): offsets as in struct registers. */
	.globl registers_continue
registers_continue:
	cmpl $512, 152(%rdi)
	jbe 1f
	mov $-1, %eax
	mov $-1, %edx
	xrstor64 256(%rdi)
1:	mov 144(%rdi), %rsi
	movabs $STUB_PAGE, %rax
	cmpq $0, STUB_FSGSBASE(%rax)
	je 2f
	wrfsbase %rsi
	jmp 3f
/* A pause between the two leaves the new one behind, see layout.h. */
2:	cmp %rsi, %gs:UTCB_KERNEL_OFFSET
	je 3f
	mov %rsi, %gs:UTCB_KERNEL_OFFSET
	mov %rdi, %rbx
	mov $SYS_ARCH_PRCTL, %eax
	mov $ARCH_SET_FS, %edi
	syscall
	mov %rbx, %rdi
3:	pushq $0x2b
	pushq 120(%rdi)
	pushq 136(%rdi)
	pushq $0x33
	pushq 128(%rdi)
	mov 0(%rdi), %r8
	mov 8(%rdi), %r9
	mov 16(%rdi), %r10
	mov 24(%rdi), %r11
	mov 32(%rdi), %r12
	mov 40(%rdi), %r13
	mov 48(%rdi), %r14
	mov 56(%rdi), %r15
	mov 72(%rdi), %rsi
	mov 80(%rdi), %rbp
	mov 88(%rdi), %rbx
	mov 96(%rdi), %rdx
	mov 104(%rdi), %rax
	mov 112(%rdi), %rcx
	mov 64(%rdi), %rdi
	iretq

	.section .note.GNU-stack, "", @progbits
