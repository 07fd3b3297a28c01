/* SPDX-License-Identifier: MIT */
/* Threads: many, one after the other, one for which there is no memory, futexes, robust and timed mutexes, cancelling. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "show.h"

static uint32_t word, other, parking;

static long futex(uint32_t *at, int operation, uint32_t number, void *timeout, uint32_t *second, uint32_t third)
{
	return syscall(SYS_futex, at, operation, number, timeout, second, third);
}

static void refusals(void)
{
	struct timespec short_time = {0, 1000000}, wrong = {0, -1}, past = {0, 1};

	SHOW(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
	SHOW(futex(&word, FUTEX_WAIT, 0, &short_time, NULL, 0));
	SHOW(futex(&word, FUTEX_WAIT, 0, &wrong, NULL, 0));
	SHOW(futex(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, 1));
	SHOW(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
	SHOW(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, 1));
	SHOW(futex((uint32_t *)2, FUTEX_WAIT, 0, NULL, NULL, 0));
	SHOW(futex((uint32_t *)4096, FUTEX_WAIT, 0, NULL, NULL, 0));
	SHOW(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
	SHOW(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0));
	SHOW(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &other, 5));
	SHOW(futex(&word, 77, 1, NULL, NULL, 0));
}

static void *answer(void *number)
{
	return number;
}

/* All memory that can be had, in a list through its pieces. */
static void **memory_fill(void)
{
	void **taken = NULL;

	for (size_t size = 4 << 20; size >= 4096; size /= 4)
		for (int i = 0; i < 300; i++) {
			void **piece = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (piece == MAP_FAILED)
				break;
			piece[0] = taken;
			piece[1] = (void *)size;
			taken = piece;
		}
	return taken;
}

/* A thread for which there is no memory is refused, and had when there is. */
static void poverty(void)
{
	static char stack[128 * 1024] __attribute__((aligned(4096)));
	pthread_attr_t attributes;
	pthread_t thread;
	void *result = NULL;

	pthread_attr_init(&attributes);
	pthread_attr_setstack(&attributes, stack, sizeof stack);
	void **taken = memory_fill();
	int err = pthread_create(&thread, &attributes, answer, &word);
	while (taken) {
		void **next = taken[0];
		munmap(taken, (size_t)taken[1]);
		taken = next;
	}
	if (err == 0)
		pthread_join(thread, NULL);
	HOLDS(err == 0 || err == EAGAIN);
	SHOW(pthread_create(&thread, &attributes, answer, &other));
	SHOW(pthread_join(thread, &result));
	HOLDS(result == &other);
}

static void *wait_here(void *bits)
{
	return (void *)futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, (uint32_t)(uintptr_t)bits);
}

/* `count` threads wait at `word`: each is seen when it can be moved elsewhere, and all are moved back. */
static void waiters_await(long count)
{
	for (long seen = 0; seen < count; sched_yield())
		seen += futex(&word, FUTEX_CMP_REQUEUE, 0, (void *)INT_MAX, &parking, 0);
	HOLDS(futex(&parking, FUTEX_CMP_REQUEUE, 0, (void *)INT_MAX, &word, 0) == count);
}

static void waking(void)
{
	pthread_t waiter[6];

	for (long i = 0; i < 6; i++)
		HOLDS(pthread_create(&waiter[i], NULL, wait_here, (void *)(1l << i)) == 0);
	waiters_await(6);
	SHOW(futex(&word, FUTEX_WAKE_BITSET, 10, NULL, NULL, 1 | 4));
	SHOW(futex(&word, FUTEX_CMP_REQUEUE, 1, (void *)2, &other, 0));
	SHOW(futex(&other, FUTEX_WAKE, 10, NULL, NULL, 0));
	other = 5;
	SHOW(futex(&word, FUTEX_WAKE_OP, 10, (void *)10, &other, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5)));
	SHOW(other);
	for (int i = 0; i < 6; i++)
		SHOW(pthread_join(waiter[i], NULL));
}

static __thread long own;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long total;

static void *count_up(void *number)
{
	own = (long)number;
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		total += own;
		pthread_mutex_unlock(&mutex);
		if (i % 100 == 0)
			sched_yield();
	}
	return (void *)own;
}

static void crowds(void)
{
	pthread_t thread[20];
	long sum = 0;
	void *result;

	for (int round = 0; round < 10; round++) {
		for (long i = 0; i < 20; i++)
			HOLDS(pthread_create(&thread[i], NULL, count_up, (void *)i) == 0);
		for (long i = 0; i < 20; i++) {
			pthread_join(thread[i], &result);
			sum += (long)result;
		}
	}
	SHOW(total);
	SHOW(sum);
}

static void *meet(void *barrier)
{
	pthread_barrier_wait(barrier);
	return NULL;
}

/* All stacks are there at the same time, and again after all threads ended: what a stack keeps is not kept twice. */
static void stacks_shared(void)
{
	enum { CROWD = 20, ROUNDS = 4 };
	pthread_barrier_t barrier;
	pthread_t thread[CROWD];

	pthread_barrier_init(&barrier, NULL, CROWD);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < CROWD; i++)
			HOLDS(pthread_create(&thread[i], NULL, meet, &barrier) == 0);
		for (int i = 0; i < CROWD; i++)
			SHOW(pthread_join(thread[i], NULL));
	}
	pthread_barrier_destroy(&barrier);
}

static void *lock_and_die(void *robust)
{
	pthread_mutex_lock(robust);
	return NULL;
}

static void *sleep_long(void *cleaned)
{
	(void)cleaned;
	sleep(100);
	return NULL;
}

static void mutexes(void)
{
	pthread_mutexattr_t attributes;
	pthread_mutex_t robust, plain = PTHREAD_MUTEX_INITIALIZER;
	pthread_t thread;
	struct timespec when;
	void *result;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attributes);
	pthread_create(&thread, NULL, lock_and_die, &robust);
	pthread_join(thread, NULL);
	SHOW(pthread_mutex_lock(&robust) == EOWNERDEAD);
	SHOW(pthread_mutex_consistent(&robust));
	SHOW(pthread_mutex_unlock(&robust));
	pthread_mutex_lock(&plain);
	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_nsec += 20000000;
	if (when.tv_nsec >= 1000000000) {
		when.tv_nsec -= 1000000000;
		when.tv_sec++;
	}
	SHOW(pthread_mutex_timedlock(&plain, &when) == ETIMEDOUT);
	sem_t semaphore;
	sem_init(&semaphore, 0, 0);
	SHOW(sem_timedwait(&semaphore, &when));
	SHOW(sem_trywait(&semaphore));
	pthread_create(&thread, NULL, sleep_long, NULL);
	SHOW(pthread_cancel(thread));
	SHOW(pthread_join(thread, &result));
	SHOW(result == PTHREAD_CANCELED);
}

static void *last_words(void *first)
{
	pthread_join(*(pthread_t *)first, NULL);
	puts("the last thread ends the program");
	fflush(stdout);
	return NULL;
}

int main(void)
{
	static pthread_t first, last;

	poverty();
	refusals();
	waking();
	crowds();
	stacks_shared();
	mutexes();
	first = pthread_self();
	HOLDS(syscall(SYS_gettid) == getpid());
	pthread_create(&last, NULL, last_words, &first);
	pthread_exit(NULL);
}
