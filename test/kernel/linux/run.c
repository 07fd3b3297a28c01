/* SPDX-License-Identifier: MIT */
/* Boots the kernel suite on the hosted kernel: kernel_suite SUITE.elf SEED (a file). Exit status 0 if every test passed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/linux/boot.h"
#include "kernel/linux/host.h"

static volatile int stop;

static void on_stop(int number)
{
	stop = number;
}

static err_t module_add(struct boot *boot, const char *name, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) < 0)
		return ERR_NOT_FOUND;
	void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return bytes == MAP_FAILED ? ERR_IO : boot_module(boot, name, bytes, (uint64_t)status.st_size);
}

/* The suite's output goes through a file in memory, so that its last lines can be judged. */
static int judge(int log)
{
	static char text[1 << 20];
	ssize_t size = pread(log, text, sizeof text - 1, 0);

	if (size < 0)
		return 2;
	fwrite(text, 1, (size_t)size, stdout);
	bool ended = strstr(text, "end of suite\n") != NULL;
	bool passed = strstr(text, " passed, 0 failed\n") != NULL;
	return ended && passed ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct sigaction action = {.sa_handler = on_stop};
	const char *sentence = "usage: kernel_suite SUITE.elf SEED";
	char directory[] = "/tmp/kernel_suite.XXXXXX";
	int log = memfd_create("log", MFD_CLOEXEC);
	err_t err = argc == 3 && log >= 0 ? host_init(4ul << 30, log, &sentence) : ERR_ARGUMENT;
	struct boot *boot = err == OK ? boot_begin() : NULL;

	if (err == OK)
		err = boot ? module_add(boot, "suite", argv[1]) : ERR_UNSUPPORTED;
	if (err == OK)
		err = module_add(boot, "seed", argv[2]);
	if (err == OK && mkdtemp(directory))
		err = boot_grant(boot, "files", open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (err == OK)
		err = boot_start(boot, "suite", &sentence);
	if (err != OK) {
		judge(log);
		fprintf(stderr, "kernel_suite: %s: %s\n", sentence, err_sentence(err));
		return 2;
	}
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	alarm(300);
	host_run(&stop);
	if (chdir(directory) == 0) {
		unlink("inside");
		rmdir(directory);
	}
	return judge(log);
}
