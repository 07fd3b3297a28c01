/* SPDX-License-Identifier: MIT */
/* The hosted machine and its event loop: see host.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asm/hwcap2.h>

#include <kernel/machine.h>

#include "kernel/linux/call.h"
#include "kernel/linux/frame.h"
#include "kernel/linux/host.h"
#include "kernel/linux/notify.h"
#include "kernel/linux/timer.h"
#include "kernel/object/machine.h"

enum { EVENTS = 16, PLACES = 4096 };

struct host host;
static const struct pd_machine *first;   /* the machine ends with it, as on any kernel */

extern const char stub_image_first[], stub_image_last[];

/* A file in memory of a fixed size that nobody can change. */
static int file_create(const char *name, uint64_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)size) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		return fd;
	close(fd);
	return -1;
}

static int file_read_only(int fd)
{
	char name[32];

	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY | O_CLOEXEC);
}

static int stub_create(void)
{
	size_t size = (size_t)(stub_image_last - stub_image_first);
	int fd = memfd_create("rtcr-component", MFD_CLOEXEC);

	if (fd >= 0 && write(fd, stub_image_first, size) == (ssize_t)size)
		return fd;
	return -1;
}

static bool real_time_allowed(void)
{
	struct rlimit limit;

	return geteuid() == 0 || (getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur >= PRIORITY_MAX);
}

/* Two descriptors per component: take what this user may have. */
static void descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

err_t host_init(uint64_t ram_size, int log, const char **sentence)
{
	err_t err = frame_probe(sentence);

	if (err != OK)
		return err;
	descriptors_raise();
	host.log = log;
	host.ram_size = ram_size;
	host.ram = file_create("rtcr-ram", ram_size);
	host.ram_read = file_read_only(host.ram);
	host.utcbs = file_create("rtcr-utcb", (uint64_t)PLACES * UTCB_SIZE * UTCB_COUNT);
	host.pages = file_create("rtcr-pages", (uint64_t)PLACES * 4096);
	host.stub = stub_create();
	host.epoll = epoll_create1(EPOLL_CLOEXEC);
	host.fsgsbase = getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE;
	host.real_time = real_time_allowed();
	if (host.ram < 0 || host.ram_read < 0 || host.utcbs < 0 || host.pages < 0 || host.stub < 0 || host.epoll < 0) {
		*sentence = "memory files could not be made (memfd_create, Linux 3.17)";
		return ERR_UNSUPPORTED;
	}
	/* Components find their memory by descriptor number only; nobody may look into this process. */
	if (prctl(PR_SET_DUMPABLE, 0) < 0) {
		*sentence = "prctl(PR_SET_DUMPABLE) failed";
		return ERR_UNSUPPORTED;
	}
	return OK;
}

void host_watch(int fd, enum watch what, struct pd_machine *machine)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(uintptr_t)machine | what};

	if (what == WATCH_PROCESS && !first)
		first = machine;
	if (epoll_ctl(host.epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		dprintf(host.log, "kernel: epoll_ctl: %s\n", strerror(errno));
}

static void listener_serve(struct pd_machine *machine)
{
	struct kernel_call call;
	uint64_t notification;
	pid_t tid;

	if (!notify_receive(machine->listener, &notification, &tid, &call))
		return;
	if (call.number == CALL_STUB_DONE) {
		if (!machine->service_tid)
			machine->service_tid = tid;
		if (tid == machine->service_tid)
			domain_service(machine, notification, (int64_t)call.word[0]);
		else
			notify_answer(machine->listener, notification, ERR_DENIED);
		return;
	}
	thread_entered(machine, tid, notification, &call);
}

/* Milliseconds are too coarse for deadlines: nanoseconds, or for ever. */
static int events_wait(struct epoll_event *events, uint64_t next)
{
	uint64_t now = machine_now(), left = next > now ? next - now : 0;
	struct timespec limit = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};

	return epoll_pwait2(host.epoll, events, EVENTS, next == UINT64_MAX ? NULL : &limit, NULL);
}

void host_step(uint64_t until)
{
	struct epoll_event events[EVENTS];
	uint64_t now = machine_now(), next = timer_expire(now);
	struct pd_machine *died = NULL;

	pause_expire(now, &next);
	command_expire(now, &next);
	int count = events_wait(events, next < until ? next : until);
	for (int i = 0; i < count; i++) {
		struct pd_machine *machine = (struct pd_machine *)(uintptr_t)(events[i].data.u64 & ~1ul);
		if ((events[i].data.u64 & 1) == WATCH_PROCESS)
			died = machine;
		else if (events[i].events & EPOLLIN)
			listener_serve(machine);
		else
			epoll_ctl(host.epoll, EPOLL_CTL_DEL, machine->listener, NULL);
	}
	/* Frees the domain, so nothing of it may be left among the events at hand. */
	if (died) {
		first = died == first ? NULL : first;
		domain_died(died);
	}
}

void host_run(const volatile int *stop)
{
	while (first && !*stop)
		host_step(UINT64_MAX);
}
