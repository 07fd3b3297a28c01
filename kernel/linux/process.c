/* SPDX-License-Identifier: MIT */
/*
 * A component's process: made from the stub, its commands, its end.
 *
 * A place is one range of the control-block file and one command page; it is used again when the process
 * is gone for certain.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include <kernel/machine.h>

#include "kernel/linux/confine.h"
#include "kernel/linux/filter.h"
#include "kernel/linux/host.h"
#include "kernel/linux/notify.h"
#include "kernel/object/ipc.h"
#include "kernel/object/machine.h"

enum { PLACE_COUNT = 4096 };
#define PLACE_SIZE ((uint64_t)UTCB_SIZE * UTCB_COUNT)

static uint8_t place_used[PLACE_COUNT];

static err_t place_take(uint32_t *place)
{
	for (uint32_t i = 0; i < PLACE_COUNT; i++) {
		if (!place_used[i]) {
			place_used[i] = 1;
			*place = i;
			return OK;
		}
	}
	return ERR_UNSUPPORTED;
}

static void place_give(uint32_t place)
{
	int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

	/* What a component left in its control blocks is for nobody else to read. */
	if (fallocate(host.utcbs, punch, (off_t)(place * PLACE_SIZE), (off_t)PLACE_SIZE) == 0 &&
	    fallocate(host.pages, punch, (off_t)place * 4096, 4096) == 0)
		place_used[place] = 0;
}

static err_t place_map(struct pd_machine *machine)
{
	off_t blocks = (off_t)(machine->place * PLACE_SIZE), page = (off_t)machine->place * 4096;

	machine->utcbs = mmap(NULL, PLACE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, host.utcbs, blocks);
	if (machine->utcbs == MAP_FAILED)
		return ERR_UNSUPPORTED;
	machine->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, host.pages, page);
	if (machine->page == MAP_FAILED) {
		munmap(machine->utcbs, PLACE_SIZE);
		return ERR_UNSUPPORTED;
	}
	return OK;
}

static void page_fill(struct pd_machine *machine, uint64_t grant)
{
	struct stub_page *page = machine->page;

	page->utcb_offset = machine->place * PLACE_SIZE;
	page->host = grant;
	page->fsgsbase = host.fsgsbase;
	page->clock_offset = machine->pd->clock_offset;
	page->clock_epoch = machine_now();
	page->base_length = filter_base(page->base_filter, STUB_BASE_MAX, grant != 0);
	page->fprog.length = (uint16_t)filter_thread(page->thread_filter, STUB_FILTER_MAX, grant != 0);
	page->fprog.filter = STUB_PAGE + offsetof(struct stub_page, thread_filter);
}

static void limits_set(void)
{
	struct rlimit none = {0, 0};
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	setrlimit(RLIMIT_CORE, &none);
	if (fd >= 0) {
		if (write(fd, "500", 3) != 3)
			_exit(99);
		close(fd);
	}
}

/* Descriptors first move out of the way of the numbers they are to get. */
static void child_descriptors(int socket, uint64_t grant)
{
	int source[] = {socket, host.ram, host.utcbs, host.pages, host.ram_read, grant ? (int)grant : -1};
	int target[] = {STUB_FD_SOCKET, STUB_FD_RAM, STUB_FD_UTCB, STUB_FD_PAGE, STUB_FD_READ, STUB_FD_GRANT};
	int stub = fcntl(host.stub, F_DUPFD, 64);
	int count = grant ? 6 : 5;

	for (int i = 0; i < count; i++)
		source[i] = fcntl(source[i], F_DUPFD, 64);
	for (int i = 0; i < count; i++)
		if (dup2(source[i], target[i]) < 0)
			_exit(98);
	close_range(0, 2, 0);
	dup2(stub, 2);
	if (!grant)
		close(STUB_FD_GRANT);
	close_range(STUB_FD_READ + 1, ~0u, 0);
	fcntl(2, F_SETFD, FD_CLOEXEC);
}

struct child {
	const struct pd_machine *machine;
	int socket;
	uint64_t grant;
	pid_t parent;
};

/* Runs on its own stack in the memory of the kernel process, which waits until the stub is executed. */
static int child_run(void *argument)
{
	const struct child *child = argument;
	char offset[24];
	char *const arguments[] = {(char *)"rtcr-component", offset, NULL};
	char *const environment[] = {NULL};

	snprintf(offset, sizeof offset, "%llu", (unsigned long long)child->machine->place * 4096);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != child->parent)
		_exit(97);
	limits_set();
	if (child->grant && !confine_to((int)child->grant))
		_exit(95);
	child_descriptors(child->socket, child->grant);
	syscall(SYS_execveat, 2, "", arguments, environment, AT_EMPTY_PATH);
	_exit(96);
}

static int listener_receive(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec vector = {&byte, 1};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1,
	                         .msg_control = control, .msg_controllen = sizeof control};
	int listener = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&listener, CMSG_DATA(header), sizeof listener);
	return listener;
}

static err_t process_start(struct pd_machine *machine, uint64_t grant)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	int pair[2], flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return ERR_UNSUPPORTED;
	struct child child = {machine, pair[1], grant, getpid()};
	machine->pid = clone(child_run, stack + sizeof stack, flags, &child, &machine->pidfd);
	close(pair[1]);
	machine->listener = machine->pid > 0 ? listener_receive(pair[0]) : -1;
	close(pair[0]);
	if (machine->listener >= 0)
		return OK;
	if (machine->pid > 0) {
		int status = 0;
		kill(machine->pid, SIGKILL);
		waitpid(machine->pid, &status, 0);
		dprintf(host.log, "kernel: a component process did not start (status 0x%x)\n", status);
		close(machine->pidfd);
	}
	return ERR_UNSUPPORTED;
}

err_t domain_create(struct pd *pd, uint64_t grant)
{
	struct pd_machine *machine = calloc(1, sizeof *machine);
	err_t err;

	if (!machine)
		return ERR_UNSUPPORTED;
	machine->pd = pd;
	machine->last = &machine->first;
	err = place_take(&machine->place);
	if (err != OK)
		goto fail;
	err = place_map(machine);
	if (err != OK)
		goto fail_place;
	page_fill(machine, grant);
	err = process_start(machine, grant);
	if (err != OK)
		goto fail_map;
	notify_hand_over(machine->listener);
	pd->machine = machine;
	host_watch(machine->listener, WATCH_LISTENER, machine);
	host_watch(machine->pidfd, WATCH_PROCESS, machine);
	return OK;

fail_map:
	munmap(machine->utcbs, PLACE_SIZE);
	munmap(machine->page, 4096);
fail_place:
	place_give(machine->place);
fail:
	free(machine);
	return err;
}

static void domain_free(struct pd_machine *machine)
{
	munmap(machine->utcbs, PLACE_SIZE);
	munmap(machine->page, 4096);
	place_give(machine->place);
	for (uint32_t i = 0; i < UTCB_COUNT; i++)
		thread_machine_free(machine->threads[i]);
	free(machine);
}

bool domain_destroy(struct pd *pd, struct thread *asker)
{
	struct pd_machine *machine = pd->machine;

	machine->pd = NULL;
	if (machine->dead) {
		domain_free(machine);
		return false;
	}
	kill(machine->pid, SIGKILL);
	if (asker)
		thread_wait_in(asker, &machine->destroyer);
	return asker != NULL;
}

/* Tell the fault handler of some thread; the others just stop. */
static void domain_report(struct pd *pd, int status)
{
	struct thread *reporter = NULL;

	for (struct thread *thread = pd->threads; thread; thread = thread->next_in_pd) {
		thread_unlink(thread);
		thread->run = THREAD_STOPPED;
		if (thread->fault_ep.object)
			reporter = thread;
	}
	pd->paused = false;
	if (!reporter)
		return;
	reporter->paused = false;
	reporter->fault = FAULT_DEAD;
	reporter->fault_access = 0;
	reporter->fault_detail = (uint32_t)status;
	reporter->fault_address = 0;
	reporter->fault_ip = 0;
	fault_send(reporter);
}

void domain_died(struct pd_machine *machine)
{
	int status = 0;

	waitpid(machine->pid, &status, 0);
	machine->dead = true;
	machine->service = 0;
	close(machine->pidfd);
	close(machine->listener);
	while (machine->first)
		command_finish(machine, ERR_GONE);
	for (uint32_t i = 0; i < UTCB_COUNT; i++)
		if (machine->threads[i])
			thread_machine_die(machine->threads[i]);
	pause_check(machine);
	if (machine->destroyer)
		thread_unblock(machine->destroyer, OK);
	if (machine->pd)
		domain_report(machine->pd, status);
	else
		domain_free(machine);
}
