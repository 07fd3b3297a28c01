/* SPDX-License-Identifier: MIT */
/* The sandboxed child, see sandbox.h. */
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/report.h"
#include "cli/sandbox.h"

enum { FILE_FD = 3, PIPE_FD = 4, TEXT_MOST = 1 << 29 };
#define MEMORY_MOST (16ull << 30)

/* Everything but reading, writing, memory and the end (of a sanitizer's build too) kills. No memory becomes executable. */
static int calls_limit(void)
{
	static const int free_calls[] = {SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(munmap), SCMP_SYS(mremap),
	                                 SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
	                                 SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(sigaltstack)};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int error = filter ? 0 : -ENOMEM;

	for (unsigned i = 0; i < sizeof free_calls / sizeof *free_calls && !error; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, free_calls[i], 0);
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pread64), 1, SCMP_A0(SCMP_CMP_EQ, FILE_FD, 0));
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, PIPE_FD, 0));
	for (const int *call = (const int[]){SCMP_SYS(mmap), SCMP_SYS(mprotect), -1}; *call >= 0 && !error; call++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, *call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}

/* What libraries look up at first use is looked up before the door closes. */
static void libraries_warm(void)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "warm", json_object_new_int(1));
	json_object_put(object);
	tzset();
}

/* Address space beyond what the process has already, which is much under a sanitizer. */
static void memory_limit(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (file && fscanf(file, "%lu", &pages) == 1) {
		const struct rlimit memory = {pages * 4096 + MEMORY_MOST, pages * 4096 + MEMORY_MOST};
		setrlimit(RLIMIT_AS, &memory);
	}
	if (file)
		fclose(file);
}

static _Noreturn void child_do(int file, int out, sandbox_work_t *work, const void *context)
{
	const struct rlimit none = {0, 0};
	FILE *stream;

	libraries_warm();
	memory_limit();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int high = dup(out), low = dup(file);
	if (high < 0 || low < 0 || dup2(low, FILE_FD) < 0 || dup2(high, PIPE_FD) < 0)
		_exit(EXIT_FAILED);
	stream = fdopen(PIPE_FD, "w");
	close_range(PIPE_FD + 1, ~0u, 0);
	close_range(0, 2, 0);
	setrlimit(RLIMIT_CORE, &none);
	if (!stream || calls_limit() != 0)
		_exit(EXIT_FAILED);
	int status = work(FILE_FD, stream, context);
	_exit(fflush(stream) == 0 ? status : EXIT_FAILED);
}

/* Control characters of a child that an image took over must not reach a terminal. */
static void text_filter(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\n') || text[i] == 0x7f)
			text[i] = '?';
}

static size_t pipe_read(int pipe, char **text)
{
	size_t size = 0, room = 0;
	ssize_t count = 1;

	*text = NULL;
	while (count > 0 && size < TEXT_MOST) {
		if (room - size < 4097) {
			char *more = realloc(*text, room = room * 2 + 65536);
			if (!more)
				break;
			*text = more;
		}
		count = read(pipe, *text + size, room - size - 1);
		if (count < 0 && errno == EINTR)
			count = 1;
		else if (count > 0)
			size += (size_t)count;
	}
	if (*text)
		(*text)[size] = 0;
	return size;
}

int sandbox_do(int file, sandbox_work_t *work, const void *context, const char *subject, char **text, size_t *size)
{
	int pipes[2], status;

	if (pipe(pipes) < 0)
		return report(EXIT_FAILED, subject, "%s", strerror(errno));
	pid_t child = fork();
	if (child == 0)
		child_do(file, pipes[1], work, context);
	close(pipes[1]);
	*size = child > 0 ? pipe_read(pipes[0], text) : 0;
	close(pipes[0]);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return report(EXIT_FAILED, subject, "%s", strerror(errno));
	if (*text)
		text_filter(*text, *size);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE && *text)
		return EXIT_DONE;
	if (WIFSIGNALED(status))
		report(0, subject, "reading it was stopped by signal %d; the image may be an attack", WTERMSIG(status));
	else
		report(0, subject, "%s", *text && **text ? *text : "it cannot be read in a sandbox on this host");
	free(*text);
	*text = NULL;
	return EXIT_FAILED;
}
