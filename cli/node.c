/* SPDX-License-Identifier: MIT */
/*
 * The node's place, and starting it, see node.h.
 *
 * Whoever finds no node takes the lock, looks again, and starts one; the node writes a byte into a pipe when its socket
 * listens, or its end closes the pipe. So nobody polls, and two starters get one node.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/node.h"
#include "cli/option.h"
#include "cli/report.h"

struct node node;

static bool path_join(char path[PATH_MAX], const char *directory, const char *name)
{
	return snprintf(path, PATH_MAX, "%s/%s", directory, name) < PATH_MAX;
}

bool node_path(char path[PATH_MAX], const char *name)
{
	return path_join(path, node.state, name);
}

/* The base of the environment variable, if it is an absolute path. */
static const char *environment_path(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

bool node_find(const char *state)
{
	const char *home = environment_path("HOME"), *base = environment_path("XDG_STATE_HOME");
	const char *runtime = environment_path("XDG_RUNTIME_DIR");
	char absolute[PATH_MAX];
	bool whole;

	if (option_node)
		return report(false, option_node, "this is done on the machine where the node is");
	if (!state)
		state = getenv("RTCR_STATE");
	bool chosen = state && state[0];

	if (chosen && state[0] != '/') {
		if (!getcwd(absolute, sizeof absolute))
			return report(false, ".", "%s", strerror(errno));
		whole = path_join(node.state, absolute, state);
	} else if (chosen) {
		whole = strlen(state) < sizeof node.state && strcpy(node.state, state);
	} else if (base) {
		whole = path_join(node.state, base, "rtcr");
	} else if (home) {
		whole = path_join(node.state, home, ".local/state/rtcr");
	} else {
		return report(false, NULL, "no place for the node's state: give --state DIR, or set RTCR_STATE or HOME");
	}
	if (whole && runtime && !chosen && access(runtime, W_OK) == 0)
		whole = path_join(node.socket, runtime, "rtcr/socket");
	else
		whole = whole && path_join(node.socket, node.state, "socket");
	if (!whole || strlen(node.socket) >= sizeof ((struct sockaddr_un *)NULL)->sun_path)
		return report(false, NULL, "the path of the socket is too long (at most 107 bytes); choose another --state DIR");
	return true;
}

pid_t node_process(int socket)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : -1;
}

/* A node that was killed may be outlived for a moment by its control server, which still listens. */
static bool node_lives(int socket)
{
	pid_t process = node_process(socket);
	int fd = process > 0 ? (int)syscall(SYS_pidfd_open, process, 0) : -1;
	struct pollfd ended = {fd, POLLIN, 0};

	if (fd < 0)
		return errno != ESRCH;
	bool lives = poll(&ended, 1, 0) == 0;
	close(fd);
	return lives;
}

int node_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	strcpy(address.sun_path, node.socket);
	int error = connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
	if (!error && node_lives(fd))
		return fd;
	if (!error)
		error = ECONNREFUSED;
	close(fd);
	errno = error;
	return -1;
}

/* mkdir -p, what is made is for its owner alone. */
static bool directory_make(const char *path)
{
	char part[PATH_MAX];
	struct stat status;

	for (const char *end = path; end;) {
		end = strchr(end + 1, '/');
		snprintf(part, sizeof part, "%.*s", (int)(end ? end - path : (long)strlen(path)), path);
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return report(false, part, "%s", strerror(errno));
	}
	if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
		return report(false, path, "%s", strerror(ENOTDIR));
	return true;
}

/* In a build tree bin/rtcr and component/, installed bin/rtcr and lib/rtcr/. */
static bool program_find(char program[PATH_MAX], char modules[PATH_MAX])
{
	static const char *const places[] = {"component", "lib/rtcr"};
	char own[PATH_MAX], above[PATH_MAX], first[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);

	if (length < 0)
		return report(false, "/proc/self/exe", "%s", strerror(errno));
	own[length] = 0;
	*strrchr(own, '/') = 0;
	if (!path_join(program, own, "rtcr-node") || access(program, X_OK) < 0)
		return report(false, own, "there is no rtcr-node beside rtcr; the installation is incomplete");
	strcpy(above, own);
	*strrchr(above, '/') = 0;
	for (unsigned i = 0; i < 2; i++)
		if (path_join(modules, above, places[i]) && path_join(first, modules, "core.elf") && access(first, R_OK) == 0)
			return true;
	return report(false, above, "no component programs in component/ or lib/rtcr/; the installation is incomplete");
}

static void node_execute(int ready, uint64_t memory)
{
	char program[PATH_MAX], modules[PATH_MAX], store[PATH_MAX], terminals[PATH_MAX], log[PATH_MAX], number[16], size[24];
	const char *arguments[] = {"rtcr-node", "-m", modules, "-s", node.socket, "-S", store, "-t", terminals,
	                           "-l", log, "-r", number, "-M", size, NULL};

	if (!program_find(program, modules) || !node_path(store, "store") || !node_path(terminals, "terminals") ||
	    !node_path(log, "node.log") || !directory_make(store) || !directory_make(terminals))
		_exit(EXIT_NODE);
	snprintf(number, sizeof number, "%d", ready);
	snprintf(size, sizeof size, "%llu", (unsigned long long)memory);
	if (!memory)
		arguments[13] = NULL;
	int in = open("/dev/null", O_RDWR | O_CLOEXEC), out = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (in < 0 || out < 0 || chdir("/") < 0) {
		report(0, log, "%s", strerror(errno));
		_exit(EXIT_NODE);
	}
	fcntl(ready, F_SETFD, 0);
	dup2(in, 0);
	dup2(out, 1);
	dup2(out, 2);
	signal(SIGPIPE, SIG_DFL);
	execv(program, (char **)(uintptr_t)arguments);
	_exit(EXIT_NODE);
}

/* A process of its own session that nobody waits for. False: it did not come up; its log says why. */
static bool node_launch(uint64_t memory)
{
	char byte;
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return report(false, "pipe", "%s", strerror(errno));
	pid_t child = fork();
	if (child == 0) {
		setsid();
		if (fork() == 0)
			node_execute(pipes[1], memory);
		_exit(0);
	}
	close(pipes[1]);
	if (child > 0)
		waitpid(child, NULL, 0);
	ssize_t count = read(pipes[0], &byte, 1);
	close(pipes[0]);
	if (count == 1)
		return true;
	return report(false, NULL, "the node did not start; the end of %s/node.log says why", node.state);
}

int node_start(uint64_t memory, bool *started)
{
	char lock[PATH_MAX], socket_directory[PATH_MAX];
	int fd = node_connect();

	*started = false;
	if (fd >= 0)
		return fd;
	strcpy(socket_directory, node.socket);
	*strrchr(socket_directory, '/') = 0;
	if (!directory_make(node.state) || !directory_make(socket_directory) || !node_path(lock, "lock"))
		return -1;
	int held = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (held < 0 || flock(held, LOCK_EX) < 0) {
		report(0, lock, "%s", strerror(errno));
		return -1;
	}
	fd = node_connect();
	if (fd < 0 && node_launch(memory)) {
		*started = true;
		fd = node_connect();
		if (fd < 0)
			report(0, NULL, "the node ended at once; the end of %s/node.log says why", node.state);
	}
	close(held);
	return fd;
}
