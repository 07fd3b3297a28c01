/* SPDX-License-Identifier: MIT */
/* A main for Debian's libuv: timers, idle work, signals, pipes, messages between threads, work of its pool and files, each
 * as an event loop does it, with output that does not depend on when what happens.
 *   usage: uv [ROUNDS]     how much there is to do, 20 without it */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { TIMERS = 5, BLOCKS = 64, BLOCK = 4000, WORKS = 8 };
static uv_loop_t loop;
static long rounds;

static void check(int result, const char *what)
{
	if (result < 0) {
		printf("%s: %s\n", what, uv_strerror(result));
		exit(EXIT_FAILURE);
	}
}

static void phase_end(const char *name)
{
	int left = uv_run(&loop, UV_RUN_DEFAULT);

	printf("%s: %d left\n", name, left);
	fflush(stdout);
}

static void close_it(uv_handle_t *handle)
{
	uv_close(handle, NULL);
}

/* Timers of several periods: each goes off as often as it shall, and none before its time. */
static struct {
	uv_timer_t handle;
	uint64_t start, period;
	long fired, early;
} timers[TIMERS];

static void timer_fired(uv_timer_t *handle)
{
	long i = (long)(intptr_t)handle->data;

	timers[i].fired++;
	timers[i].early += (uv_hrtime() - timers[i].start) / 1000000 + 1 < timers[i].period * (uint64_t)timers[i].fired;
	if (timers[i].fired == rounds)
		close_it((uv_handle_t *)handle);
}

static void timers_run(void)
{
	for (long i = 0; i < TIMERS; i++) {
		uv_timer_init(&loop, &timers[i].handle);
		timers[i].handle.data = (void *)(intptr_t)i;
		timers[i].period = 1 + (uint64_t)i;
		timers[i].start = uv_hrtime();
		uv_update_time(&loop);
		check(uv_timer_start(&timers[i].handle, timer_fired, timers[i].period, timers[i].period), "timer");
	}
	phase_end("timers");
	for (int i = 0; i < TIMERS; i++)
		printf("  timer %d: fired %ld, early %ld\n", i, timers[i].fired, timers[i].early);
}

/* Idle work between two handles that see each round of the loop. */
static uv_idle_t idle;
static uv_prepare_t before;
static uv_check_t after;
static long idled, prepared, checked;
static uint64_t mixed;

static void idle_work(uv_idle_t *handle)
{
	for (int i = 0; i < 20000; i++)
		mixed = (mixed ^ mixed >> 29) * 0xd6e8feb86659fd93u + (uint64_t)idled;
	if (++idled == rounds * 10) {
		close_it((uv_handle_t *)handle);
		close_it((uv_handle_t *)&before);
		close_it((uv_handle_t *)&after);
	}
}

static void prepare_count(uv_prepare_t *handle)
{
	(void)handle;
	prepared++;
}

static void check_count(uv_check_t *handle)
{
	(void)handle;
	checked++;
}

static void idle_run(void)
{
	uv_idle_init(&loop, &idle);
	uv_prepare_init(&loop, &before);
	uv_check_init(&loop, &after);
	check(uv_idle_start(&idle, idle_work), "idle");
	check(uv_prepare_start(&before, prepare_count), "prepare");
	check(uv_check_start(&after, check_count), "check");
	phase_end("idle");
	printf("  idled %ld, difference %ld, mixed %016llx\n", idled, prepared - checked, (unsigned long long)mixed);
}

/* Signals to itself, the next one when the last has come. */
static uv_signal_t signals[2];
static long caught[2];

static void signal_caught(uv_signal_t *handle, int number)
{
	long sum = ++caught[number == SIGUSR2] + caught[number != SIGUSR2];

	if (sum == rounds * 2) {
		close_it((uv_handle_t *)&signals[0]);
		close_it((uv_handle_t *)&signals[1]);
		return;
	}
	(void)handle;
	check(uv_kill(uv_os_getpid(), number == SIGUSR1 ? SIGUSR2 : SIGUSR1), "kill");
}

static void signals_run(void)
{
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&loop, &signals[i]);
		check(uv_signal_start(&signals[i], signal_caught, i ? SIGUSR2 : SIGUSR1), "signal");
	}
	check(uv_kill(uv_os_getpid(), SIGUSR1), "kill");
	phase_end("signals");
	printf("  caught %ld and %ld\n", caught[0], caught[1]);
}

/* Blocks through a pair of sockets or a pipe, all queued at once, read as they come. */
static uv_pipe_t from, to;
static uv_write_t writes[BLOCKS];
static char blocks[BLOCKS][BLOCK];
static long written;
static uint64_t came, sum;

static void room_give(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	static char room[5000];

	(void)handle;
	(void)wanted;
	*buffer = uv_buf_init(room, sizeof room);
}

static void bytes_come(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	if (count < 0) {
		printf("  %s after %llu bytes\n", uv_err_name((int)count), (unsigned long long)came);
		close_it((uv_handle_t *)stream);
	}
	for (ssize_t i = 0; i < count; i++)
		sum = sum * 31 + (unsigned char)buffer->base[i];
	came += count > 0 ? (uint64_t)count : 0;
}

static void block_written(uv_write_t *request, int status)
{
	(void)request;
	check(status, "write");
	if (++written == BLOCKS)
		close_it((uv_handle_t *)&to);
}

static void stream_run(const char *name, int reads, int gives)
{
	written = 0;
	came = sum = 0;
	uv_pipe_init(&loop, &from, 0);
	uv_pipe_init(&loop, &to, 0);
	check(uv_pipe_open(&from, reads), "open");
	check(uv_pipe_open(&to, gives), "open");
	check(uv_read_start((uv_stream_t *)&from, room_give, bytes_come), "read");
	for (int i = 0; i < BLOCKS; i++) {
		for (int k = 0; k < BLOCK; k++)
			blocks[i][k] = (char)(i * 7 + k);
		uv_buf_t buffers[2] = {uv_buf_init(blocks[i], BLOCK / 3), uv_buf_init(blocks[i] + BLOCK / 3, BLOCK - BLOCK / 3)};
		check(uv_write(&writes[i], (uv_stream_t *)&to, buffers, 2, block_written), "write");
	}
	phase_end(name);
	printf("  %ld blocks, sum %016llx\n", written, (unsigned long long)sum);
}

static void streams_run(void)
{
	uv_os_sock_t pair[2];
	uv_file ends[2];

	check(uv_socketpair(SOCK_STREAM, 0, pair, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE), "socketpair");
	stream_run("sockets", pair[0], pair[1]);
	check(uv_pipe(ends, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE), "pipe");
	stream_run("pipe", ends[0], ends[1]);
}

/* Another thread tells of its work, and the pool does work of which the loop hears. */
static uv_async_t async;
static uv_mutex_t lock;
static long told, heard;
static uv_work_t works[WORKS];
static uint64_t answers[WORKS];

static void thread_run(void *unused)
{
	(void)unused;
	for (long i = 0; i < rounds * 10; i++) {
		uv_mutex_lock(&lock);
		told++;
		uv_mutex_unlock(&lock);
		check(uv_async_send(&async), "async");
	}
}

static void async_hear(uv_async_t *handle)
{
	uv_mutex_lock(&lock);
	heard = told;
	uv_mutex_unlock(&lock);
	if (heard == rounds * 10)
		close_it((uv_handle_t *)handle);
}

static void work_do(uv_work_t *work)
{
	uint64_t *answer = work->data, value = (uint64_t)(answer - answers) + 1;

	for (long i = 0; i < rounds * 20000; i++)
		value = (value ^ value >> 31) * 0x9e3779b97f4a7c15u;
	*answer = value;
}

static void work_done(uv_work_t *work, int status)
{
	(void)work;
	check(status, "work");
}

static void threads_run(void)
{
	uint64_t all = 0;
	uv_thread_t thread;

	uv_mutex_init(&lock);
	check(uv_async_init(&loop, &async, async_hear), "async");
	check(uv_thread_create(&thread, thread_run, NULL), "thread");
	for (int i = 0; i < WORKS; i++) {
		works[i].data = &answers[i];
		check(uv_queue_work(&loop, &works[i], work_do, work_done), "work");
	}
	phase_end("threads");
	check(uv_thread_join(&thread), "join");
	for (int i = 0; i < WORKS; i++)
		all = all * 31 + answers[i];
	printf("  heard %ld, work %016llx\n", heard, (unsigned long long)all);
}

/* A file, each call by the pool and the next one when it is done. */
static uv_fs_t request;
static uv_file file;
static char content[100];

static void file_read(uv_fs_t *done)
{
	printf("  read %d: %.*s\n", (int)done->result, (int)done->result, content);
	uv_fs_req_cleanup(done);
	check(uv_fs_close(&loop, done, file, NULL), "close");
	check(uv_fs_unlink(&loop, done, "uv-file", NULL), "unlink");
}

static void file_written(uv_fs_t *done)
{
	uv_buf_t buffer = uv_buf_init(content, sizeof content);

	printf("  written %d\n", (int)done->result);
	uv_fs_req_cleanup(done);
	check(uv_fs_read(&loop, done, file, &buffer, 1, 7, file_read), "read");
}

static void file_opened(uv_fs_t *done)
{
	uv_buf_t buffer = uv_buf_init("through the pool", 16);

	check((int)done->result, "open");
	file = (uv_file)done->result;
	uv_fs_req_cleanup(done);
	check(uv_fs_write(&loop, done, file, &buffer, 1, 0, file_written), "write");
}

static void files_run(void)
{
	check(uv_fs_open(&loop, &request, "uv-file", UV_FS_O_RDWR | UV_FS_O_CREAT, 0600, file_opened), "open");
	phase_end("files");
}

int main(int argc, char **argv)
{
	rounds = argc > 1 ? atol(argv[1]) : 20;
	if (rounds < 1) {
		fprintf(stderr, "usage: uv [ROUNDS]\n");
		return 2;
	}
	check(uv_loop_init(&loop), "loop");
	printf("libuv %s\n", uv_version_string());
	timers_run();
	idle_run();
	signals_run();
	streams_run();
	threads_run();
	files_run();
	check(uv_loop_close(&loop), "loop");
	return 0;
}
