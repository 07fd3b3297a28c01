/* SPDX-License-Identifier: MIT */
/*
 * rtcr-node: the machine of a node on a Linux host. It sets up the hosted kernel, puts the component programs
 * and the configuration into the machine's memory, opens what host servers are granted, starts the first
 * component, and serves kernel calls until it is told to stop. It needs no privilege; what the user is
 * allowed (real-time priority) it uses and reports.
 */
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "kernel/linux/boot.h"
#include "kernel/linux/host.h"
#include "node/size.h"

enum { EXIT_USAGE = 2, EXIT_HOST = 3, EXIT_START = 4, EXIT_ENDED = 5 };

struct options {
	const char *modules, *first, *socket, *store, *terminals, *log;
	uint64_t memory;
	int ready;
};

static volatile int stop;

static const struct argp_option option_table[] = {
	{"modules", 'm', "DIR", 0, "component programs (all *.elf) and configuration; required", 0},
	{"first", 'f', "NAME", 0, "first component (default: core)", 0},
	{"memory", 'M', "SIZE", 0, "memory of the node, for example 8G (default: half of the host's)", 0},
	{"socket", 's', "PATH", 0, "listen here for the command line", 0},
	{"store", 'S', "DIR", 0, "directory of checkpoint images", 0},
	{"terminals", 't', "DIR", 0, "directory of the output of components", 0},
	{"log", 'l', "FILE", 0, "append the node's log here (default: standard error)", 0},
	{"ready", 'r', "DESCRIPTOR", 0, "write a byte there when the node has started", 0},
	{0},
};

static error_t option_parse(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'm': options->modules = value; return 0;
	case 'f': options->first = value; return 0;
	case 's': options->socket = value; return 0;
	case 'S': options->store = value; return 0;
	case 't': options->terminals = value; return 0;
	case 'l': options->log = value; return 0;
	case 'r':
		options->ready = atoi(value);
		if (options->ready <= 2 || fcntl(options->ready, F_SETFD, FD_CLOEXEC) < 0)
			argp_error(state, "--ready %s: not an open descriptor", value);
		return 0;
	case 'M':
		if (!size_parse(value, &options->memory) || options->memory < 64ul << 20)
			argp_error(state, "--memory %s: a size of at least 64M is needed", value);
		return 0;
	case ARGP_KEY_ARG: argp_error(state, "unexpected argument '%s'", value); return 0;
	case ARGP_KEY_END:
		if (!options->modules)
			argp_error(state, "--modules DIR is needed");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static void on_stop(int number)
{
	stop = number;
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "rtcr-node: %s: %s\n", what, why);
	return EXIT_HOST;
}

static err_t module_add(struct boot *boot, int directory, const char *file)
{
	char name[32];
	struct stat status;
	int fd = openat(directory, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t length = strcspn(file, ".");

	if (fd < 0 || fstat(fd, &status) < 0 || length >= sizeof name) {
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	memcpy(name, file, length);
	name[length] = 0;
	void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return ERR_IO;
	err_t err = boot_module(boot, name, bytes, (uint64_t)status.st_size);
	munmap(bytes, (size_t)status.st_size);
	return err;
}

/* Component programs, and the configuration of init. */
static int module_is(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return strcmp(entry->d_name, "config") == 0 || (length > 4 && strcmp(entry->d_name + length - 4, ".elf") == 0);
}

static int modules_add(struct boot *boot, const char *path)
{
	struct dirent **files;
	int status = 0, directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = directory < 0 ? -1 : scandirat(directory, ".", &files, module_is, alphasort);

	if (count < 0)
		return fail(path, strerror(errno));
	for (int i = 0; i < count; i++) {
		err_t err = status == 0 ? module_add(boot, directory, files[i]->d_name) : OK;
		if (err != OK)
			status = fail(files[i]->d_name, err_sentence(err));
		free(files[i]);
	}
	free(files);
	close(directory);
	return status;
}

static int socket_listen(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	unlink(path);
	mode_t mask = umask(0177);
	int result = bind(fd, (struct sockaddr *)&address, sizeof address);
	umask(mask);
	return result == 0 && listen(fd, 64) == 0 ? fd : -1;
}

static int grants_add(struct boot *boot, const struct options *options)
{
	const struct {
		const char *name, *path;
	} directories[] = {{"store", options->store}, {"terminal", options->terminals}};

	for (int i = 0; i < 2; i++) {
		int fd = directories[i].path ? open(directories[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		if (directories[i].path && (fd < 0 || boot_grant(boot, directories[i].name, fd) != OK))
			return fail(directories[i].path, strerror(errno));
	}
	int fd = options->socket ? socket_listen(options->socket) : -1;
	if (options->socket && (fd < 0 || boot_grant(boot, "control", fd) != OK))
		return fail(options->socket, strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {option_table, option_parse, NULL,
	                                 "Runs an RTCR node. Normally started by `rtcr node start`.", NULL, NULL, NULL};
	const struct sigaction action = {.sa_handler = on_stop}, ignore = {.sa_handler = SIG_IGN};
	struct options options = {.first = "core",
	                          .memory = (uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * (uint64_t)sysconf(_SC_PAGESIZE)};
	const char *sentence = "";

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	int log = options.log ? open(options.log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : 2;
	if (log < 0)
		return fail(options.log, strerror(errno));
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	if (host_init(options.memory & ~4095ul, log, &sentence) != OK)
		return fail("this host cannot run a node", sentence);
	struct boot *boot = boot_begin();
	if (!boot)
		return fail("start", strerror(ENOMEM));
	int status = modules_add(boot, options.modules);
	if (status == 0)
		status = grants_add(boot, &options);
	if (status != 0)
		return status;
	err_t err = boot_start(boot, options.first, &sentence);
	if (err != OK) {
		fprintf(stderr, "rtcr-node: %s: %s\n", sentence, err_sentence(err));
		return EXIT_START;
	}
	dprintf(log, "node: %llu MiB, real-time priority %s, FS base by %s\n", (unsigned long long)(options.memory >> 20),
	        host.real_time ? "allowed" : "not allowed to this user",
	        host.fsgsbase ? "instruction" : "arch_prctl (this Linux has no FSGSBASE)");
	if (options.ready && (write(options.ready, "", 1) != 1 || close(options.ready) < 0))
		return fail("--ready", strerror(errno));
	host_run(&stop);
	if (options.socket)
		unlink(options.socket);
	if (stop)
		return 0;
	dprintf(log, "node: %s is gone: all components are lost, checkpoints are not\n", options.first);
	return EXIT_ENDED;
}
