/* SPDX-License-Identifier: MIT */
/*
 * hostile SOCKET|PORT idle
 * hostile SOCKET|PORT hold NAME
 * hostile SOCKET|PORT [ROUNDS]: a client that breaks every rule of control/protocol.h. After each attack an honest client is
 * answered; the last line counts. Exit status 0: the server never stopped answering and always refused what it must. With few
 * rounds the crowd is small too: the emulator's network takes connections one by one.
 *
 * idle: more connections than there are places ask something and stay; says so and ends. hold: as many ask for the end of
 * component NAME, or for what it wrote, in turns; who has no place is refused at once. The others stay until NAME ends, and all who
 * wait must hear of it.
 */
#include <control/protocol.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MS = 20000, CROWD = 300, LARGE = 64 << 20 };

static const char *path;
static unsigned passed, failed, rounds = 3000;
static long answered;            /* status of the last attack */

static void check(const char *what, bool right)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAILED: %s\n", what);
}

static int open_one(void)
{
	bool local = strchr(path, '/');
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	                           .sin_port = htons((uint16_t)atoi(path))};
	int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd < 0 || connect(fd, local ? (struct sockaddr *)&address : (struct sockaddr *)&port,
	                      local ? sizeof address : sizeof port) < 0) {
		perror(path);
		exit(2);
	}
	return fd;
}

static void put(int fd, const void *bytes, size_t size)
{
	ssize_t ignored = send(fd, bytes, size, MSG_NOSIGNAL);
	(void)ignored;
}

static void request_put(int fd, uint32_t magic, uint16_t version, uint16_t operation, uint32_t length, const void *bytes,
                        size_t size)
{
	const struct control_header header = {magic, version, operation, 0, length};

	put(fd, &header, sizeof header);
	put(fd, bytes, size);
}

/* Status of the answer, or -1: disconnected, -2: no answer. Its content is read and dropped. */
static long answer_get(int fd)
{
	struct pollfd ready = {fd, POLLIN, 0};
	struct control_header header;
	static char drop[sizeof(struct control_component) + CONTROL_PART];

	if (poll(&ready, 1, ANSWER_MS) <= 0)
		return -2;
	if (recv(fd, &header, sizeof header, MSG_WAITALL) != sizeof header)
		return -1;
	if (header.length > sizeof drop || (header.length && recv(fd, drop, header.length, MSG_WAITALL) != (ssize_t)header.length))
		return -1;
	return header.status;
}

static bool server_well(void)
{
	const struct control_hello_request hello = {0};
	int fd = open_one();

	request_put(fd, CONTROL_MAGIC, CONTROL_VERSION, CONTROL_hello, sizeof hello, &hello, sizeof hello);
	long status = answer_get(fd);
	close(fd);
	return status == OK;
}

/* One request on a connection of its own; what comes of it. */
static long attack(uint32_t magic, uint16_t version, uint16_t operation, uint32_t length, const void *bytes, size_t size)
{
	int fd = open_one();

	request_put(fd, magic, version, operation, length, bytes, size);
	answered = answer_get(fd);
	close(fd);
	return answered;
}

static void headers_test(void)
{
	static const uint32_t lengths[] = {0, 1, 7, 63, 4096, CONTROL_PART + 80, CONTROL_BUNDLE + 89, 0x7fffffff, 0xffffffff};
	static const char zeros[4096];

	check("no magic", attack(0x47455420, 1, 0, 8, zeros, 8) == -1);
	check("another version", attack(CONTROL_MAGIC, CONTROL_VERSION + 1, 0, 8, zeros, 8) == ERR_UNSUPPORTED);
	check("no such operation", attack(CONTROL_MAGIC, CONTROL_VERSION, CONTROL_COUNT, 64, zeros, 64) == -1);
	check("no such operation", attack(CONTROL_MAGIC, CONTROL_VERSION, 0xffff, 64, zeros, 64) == -1);
	for (uint16_t operation = 0; operation < CONTROL_COUNT; operation++)
		for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
			if (lengths[i] >= control_request_size(operation) && operation == CONTROL_feed && lengths[i] <= CONTROL_PART)
				continue;
			if (operation == CONTROL_run && lengths[i] >= control_request_size(CONTROL_run) && lengths[i] <= CONTROL_BUNDLE)
				continue;
			if (lengths[i] == control_request_size(operation))
				continue;
			check("a length that is none of the operation's",
			      attack(CONTROL_MAGIC, CONTROL_VERSION, operation, lengths[i], NULL, 0) == -1);
		}
	check("well after headers", server_well());
}

static void names_test(void)
{
	union control_request request;

	memset(&request, 'A', sizeof request);
	for (uint16_t operation = CONTROL_feed; operation < CONTROL_COUNT; operation++)
		check("a name without end is refused",
		      attack(CONTROL_MAGIC, CONTROL_VERSION, operation, control_request_size(operation), &request,
		             control_request_size(operation)) > 0);
	memset(&request, 0, sizeof request);
	strcpy(request.logs.name, "../../etc/passwd");
	check("a path is no name", attack(CONTROL_MAGIC, CONTROL_VERSION, CONTROL_logs, sizeof request.logs, &request,
	                                  sizeof request.logs) == ERR_NOT_FOUND);
	memset(&request, 0, sizeof request);
	strcpy(request.run.name, "hostile");
	request.run.ram = UINT64_MAX;
	char run[sizeof request.run + 10] = {0};
	memcpy(run, &request.run, sizeof request.run);
	check("all memory there could be", attack(CONTROL_MAGIC, CONTROL_VERSION, CONTROL_run, sizeof run, run, sizeof run) > 0);
	((struct control_run_request *)run)->ram = 16 << 20;
	check("a bundle that is none", attack(CONTROL_MAGIC, CONTROL_VERSION, CONTROL_run, sizeof run, run, sizeof run) > 0);
	check("well after names", server_well());
}

/* Promise much, send little, stay. */
static void slow_test(void)
{
	struct control_run_request run = {.name = "slow", .ram = 16 << 20};
	int fd[8];

	for (int i = 0; i < 8; i++) {
		fd[i] = open_one();
		request_put(fd[i], CONTROL_MAGIC, CONTROL_VERSION, CONTROL_run, sizeof run + (100u << 20), &run, sizeof run);
		put(fd[i], "slow", 4);
		check("answers while others are slow", server_well());
	}
	if (rounds >= CROWD) {
		char *large = calloc(1, sizeof run + LARGE);
		memcpy(large, &run, sizeof run);
		check("what was promised takes no memory",
		      large && attack(CONTROL_MAGIC, CONTROL_VERSION, CONTROL_run, sizeof run + LARGE, large, sizeof run + LARGE) > 0 &&
		      answered != ERR_MEMORY_QUOTA);
		free(large);
	}
	for (int i = 0; i < 8; i++)
		close(fd[i]);
	check("well after slow ones", server_well());
}

/* All places with requests that never get whole: others are let in, and each of these is ended. */
static void half_test(void)
{
	const struct control_list_request list = {0};
	static int fd[CROWD];
	unsigned count = rounds < CROWD ? rounds : CROWD;
	bool ended = true;

	for (unsigned i = 0; i < count; i++) {
		fd[i] = open_one();
		request_put(fd[i], CONTROL_MAGIC, CONTROL_VERSION, CONTROL_list, sizeof list, &list, i % sizeof list);
	}
	check("answers while all places are taken", server_well());
	for (unsigned i = 0; i < count; i++) {
		ended = ended && answer_get(fd[i]) == -1;   /* one that is not is enough to wait for */
		close(fd[i]);
	}
	check("what stays incomplete is ended", ended);
}

/* Ask again and again and never read. */
static void deaf_test(void)
{
	const struct control_list_request list = {0};
	struct {
		struct control_header header;
		struct control_list_request list;
	} request = {{CONTROL_MAGIC, CONTROL_VERSION, CONTROL_list, 0, sizeof list}, list};
	int fd = open_one();

	for (int i = 0; i < 100000; i++)
		if (send(fd, &request, sizeof request, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
			break;
	check("answers while one is deaf", server_well());
	close(fd);
}

/* More than the server takes at once, fewer than that and the queue of its socket. */
static void crowd_test(void)
{
	static int fd[CROWD];

	unsigned count = rounds < CROWD ? rounds : CROWD;

	for (unsigned i = 0; i < count; i++)
		fd[i] = open_one();
	for (unsigned i = 0; i < count; i++)
		close(fd[i]);
	check("well after the crowd", server_well());
}

/* Bytes without sense, with a right beginning so that they are looked at. */
static void noise_test(void)
{
	unsigned seed = 1;

	for (unsigned round = 0; round < rounds; round++) {
		union control_request request;
		uint16_t operation = (uint16_t)(rand_r(&seed) % CONTROL_COUNT);
		uint32_t size = control_request_size(operation);
		for (uint32_t i = 0; i < size; i++)
			((uint8_t *)&request)[i] = (uint8_t)(rand_r(&seed) >> 8);
		int fd = open_one();
		request_put(fd, CONTROL_MAGIC, CONTROL_VERSION, operation, size, &request, size);
		if (round % 3)
			answer_get(fd);
		close(fd);
	}
	check("well after noise", server_well());
}

/* Connections that asked and were answered. */
static int idle_do(void)
{
	const struct control_hello_request hello = {0};
	unsigned well = 0;

	for (unsigned i = 0; i < CROWD; i++) {
		int fd = open_one();
		request_put(fd, CONTROL_MAGIC, CONTROL_VERSION, CONTROL_hello, sizeof hello, &hello, sizeof hello);
		well += answer_get(fd) == OK;
	}
	printf("idle: %u of %u answered\n", well, CROWD);
	return well == CROWD ? 0 : 1;
}

/* Waits for the end of the component, or asks once for its output and says nothing more. */
static void hold_ask(int fd, const char *name, bool output)
{
	struct control_wait_request wait = {.over = 1};
	struct control_logs_request logs = {0};

	snprintf(wait.name, sizeof wait.name, "%s", name);
	snprintf(logs.name, sizeof logs.name, "%s", name);
	if (output)
		request_put(fd, CONTROL_MAGIC, CONTROL_VERSION, CONTROL_logs, sizeof logs, &logs, sizeof logs);
	else
		request_put(fd, CONTROL_MAGIC, CONTROL_VERSION, CONTROL_wait, sizeof wait, &wait, sizeof wait);
}

/* Who was refused, who has its answer and stays, who waits. */
static int hold_do(const char *name)
{
	static struct pollfd polls[CROWD];
	unsigned held = 0, refused = 0, told = 0, stay = 0, others = 0;

	for (unsigned i = 0; i < CROWD; i++) {
		polls[i] = (struct pollfd){open_one(), POLLIN, 0};
		hold_ask(polls[i].fd, name, i % 2);
	}
	while (poll(polls, CROWD, 1000) > 0)
		for (unsigned i = 0; i < CROWD; i++) {
			if (!polls[i].revents)
				continue;
			long status = answer_get(polls[i].fd);
			refused += status == ERR_BUSY;
			stay += status == OK && i % 2;
			others += status != ERR_BUSY && !(status == OK && i % 2);
			if (status != OK)
				close(polls[i].fd);
			polls[i].fd = -1;
		}
	for (unsigned i = 0; i < CROWD; i++)
		held += polls[i].fd >= 0;
	printf("hold: %u held, %u stay, %u refused, %u ended otherwise\n", held, stay, refused, others);
	fflush(stdout);
	for (unsigned i = 0; i < CROWD; i++)
		told += polls[i].fd >= 0 && answer_get(polls[i].fd) == OK;
	printf("hold: %u told\n", told);
	return held && stay && refused && told == held && !others ? 0 : 1;
}

int main(int argc, char **argv)
{
	bool hold = argc == 4 && strcmp(argv[2], "hold") == 0;

	if (argc < 2 || (argc > 3 && !hold)) {
		fprintf(stderr, "usage: hostile SOCKET|PORT [ROUNDS|idle|hold NAME]\n");
		return 2;
	}
	path = argv[1];
	if (hold)
		return hold_do(argv[3]);
	if (argc == 3 && strcmp(argv[2], "idle") == 0)
		return idle_do();
	if (argc > 2)
		rounds = (unsigned)atoi(argv[2]);
	headers_test();
	names_test();
	slow_test();
	half_test();
	deaf_test();
	crowd_test();
	noise_test();
	printf("hostile client: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
