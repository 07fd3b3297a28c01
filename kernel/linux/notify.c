/* SPDX-License-Identifier: MIT */
/* Seccomp notifications: see notify.h. */
#include <string.h>
#include <sys/ioctl.h>

#include <linux/seccomp.h>

#include "kernel/linux/call.h"
#include "kernel/linux/notify.h"

/* Not in the headers of older systems. */
#define IOCTL_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#define FLAG_SYNC_WAKE_UP 1ul

void notify_hand_over(int listener)
{
	(void)ioctl(listener, IOCTL_SET_FLAGS, FLAG_SYNC_WAKE_UP);
}

bool notify_receive(int listener, uint64_t *notification, pid_t *tid, struct kernel_call *call)
{
	struct seccomp_notif request;

	memset(&request, 0, sizeof request);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0)
		return false;
	*notification = request.id;
	*tid = (pid_t)request.pid;
	call->number = (uint32_t)request.data.nr - KERNEL_CALL_BASE;
	call->ip = request.data.instruction_pointer;
	memcpy(call->word, request.data.args, sizeof call->word);
	return true;
}

void notify_answer(int listener, uint64_t notification, int64_t value)
{
	struct seccomp_notif_resp response = {.id = notification, .val = value};

	/* ENOENT: the thread was killed meanwhile; its process descriptor tells about that. */
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}
