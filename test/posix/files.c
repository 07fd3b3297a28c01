/* SPDX-License-Identifier: MIT */
/* Bytes in files: positions, appending, holes, vectors, descriptors, locks, devices. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>

#include "show.h"

static char bytes[200000], other[200000];

static void positions(void)
{
	int file = open("f", O_RDWR | O_CREAT | O_TRUNC, 0600);

	SHOW(write(file, bytes, sizeof bytes));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(lseek(file, -5, SEEK_END));
	SHOW(read(file, other, 100));
	SHOW(read(file, other, 100));
	SHOW(lseek(file, -1, SEEK_SET));
	SHOW(lseek(file, 0, 77));
	SHOW(lseek(file, 300000, SEEK_SET));
	SHOW(read(file, other, 1));
	SHOW(write(file, "x", 1));
	SHOW(pread(file, other, 10, 250000));
	SHOW(other[0] + other[9]);
	SHOW(pread(file, other, sizeof other, 0));
	SHOW(memcmp(bytes, other, sizeof other));
	SHOW(pwrite(file, "yy", 2, 10));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(pread(file, other, 3, -1));
	SHOW(ftruncate(file, 100));
	SHOW(ftruncate(file, 200));
	SHOW(pread(file, other, 200, 0));
	SHOW(other[99] - bytes[99] + other[100]);
	SHOW(ftruncate(file, -1));
	SHOW(fallocate(file, 0, 100, 900));
	SHOW(lseek(file, 0, SEEK_END));
	SHOW(fallocate(file, 0, 0, 0));
	SHOW(fallocate(file, 0, -1, 5));
	SHOW(posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL));
	SHOW(fsync(file));
	SHOW(fdatasync(77));
	SHOW(close(file));
	SHOW(close(file));
	SHOW(read(file, other, 1));
	file = open("f", O_RDONLY);
	SHOW(write(file, "x", 1));
	SHOW(ftruncate(file, 0));
	SHOW(close(file));
	file = open("f", O_WRONLY);
	SHOW(read(file, other, 1));
	SHOW(write(file, NULL, 0));
	SHOW(syscall(SYS_write, file, NULL, 5));
	SHOW(close(file));
}

static void appending(void)
{
	int file = open("a", O_RDWR | O_CREAT | O_APPEND, 0600), second = open("a", O_WRONLY);

	SHOW(write(file, "one", 3));
	SHOW(write(second, "TWO-", 4));
	SHOW(write(file, "three", 5));
	SHOW(lseek(file, 0, SEEK_SET));
	SHOW(write(file, "!", 1));
	SHOW(pread(file, other, 20, 0));
	other[10] = 0;
	puts(other);
	SHOW(fcntl(file, F_GETFL) & (O_ACCMODE | O_APPEND));
	SHOW(fcntl(file, F_SETFL, O_NONBLOCK));
	SHOW(fcntl(file, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	SHOW(close(open("a", O_WRONLY | O_TRUNC)));
	SHOW(lseek(file, 0, SEEK_END));
	SHOW(unlink("a"));
	SHOW(write(file, "still", 5));
	SHOW(pread(file, other, 20, 0));
	struct stat found;
	SHOW(fstat(file, &found));
	SHOW(found.st_nlink + found.st_size);
	SHOW(close(file));
	SHOW(close(second));
}

static void descriptors(void)
{
	int file = open("f", O_RDWR), copy = dup(file);

	SHOW(copy - file);
	SHOW(lseek(file, 7, SEEK_SET));
	SHOW(lseek(copy, 0, SEEK_CUR));
	SHOW(dup2(file, 50));
	SHOW(dup2(file, file) == file);
	SHOW(dup2(77, 50));
	SHOW(dup2(file, 100000));
	SHOW(dup3(file, file, 0));
	SHOW(dup3(file, 51, O_CLOEXEC));
	SHOW(fcntl(51, F_GETFD));
	SHOW(fcntl(50, F_GETFD));
	SHOW(fcntl(50, F_SETFD, FD_CLOEXEC));
	SHOW(fcntl(50, F_GETFD));
	SHOW(fcntl(file, F_DUPFD, 60));
	SHOW(fcntl(file, F_DUPFD_CLOEXEC, 60));
	SHOW(fcntl(file, F_DUPFD, 1000000));
	SHOW(fcntl(file, 7777));
	SHOW(fcntl(77, F_GETFD));
	SHOW(syscall(SYS_close_range, 50, 61, 0));
	SHOW(fcntl(51, F_GETFD));
	SHOW(lseek(copy, 0, SEEK_CUR));
	SHOW(close(copy));
	SHOW(flock(file, LOCK_EX));
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	SHOW(fcntl(file, F_SETLK, &lock));
	SHOW(fcntl(file, F_GETLK, &lock));
	SHOW(lock.l_type == F_UNLCK);
	lock.l_type = 77;
	SHOW(fcntl(file, F_SETLK, &lock));
	SHOW(fcntl(file, F_SETLK, NULL));
	int waiting;
	SHOW(isatty(file));
	SHOW(ioctl(file, TCGETS, other));
	SHOW(ioctl(77, TCGETS, other));
	SHOW(ioctl(file, FIONREAD, &waiting));
	SHOW(close(file));
}

static void vectors(void)
{
	int file = open("v", O_RDWR | O_CREAT, 0600);
	struct iovec parts[3] = {{bytes, 10}, {NULL, 0}, {bytes + 10, 150000}};

	SHOW(writev(file, parts, 3));
	SHOW(writev(file, parts, 1));
	SHOW(preadv(file, parts, 3, 5));
	SHOW(pwritev(file, parts, 2, 150010));
	SHOW(lseek(file, 0, SEEK_SET));
	SHOW(readv(file, parts, 3));
	SHOW(syscall(SYS_writev, file, parts, -1));
	SHOW(syscall(SYS_writev, file, parts, 2000));
	SHOW(writev(file, parts, 0));
	parts[1] = (struct iovec){(void *)8, 5};
	SHOW(pwritev(file, parts, 2, 0));
	parts[1].iov_len = (size_t)-1;
	SHOW(writev(file, parts, 2));
	int out = open("w", O_RDWR | O_CREAT, 0600);
	off_t from = 3;
	SHOW(sendfile(out, file, &from, 1000));
	SHOW(from);
	SHOW(lseek(out, 0, SEEK_CUR));
	SHOW(sendfile(out, file, &from, 1 << 20));
	SHOW(close(out));
	SHOW(close(file));
}

static void devices(void)
{
	int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDWR), full = open("/dev/full", O_RDWR);
	int random = open("/dev/urandom", O_RDONLY);

	SHOW(read(null, other, 10));
	SHOW(write(null, bytes, sizeof bytes));
	memset(other, 1, 10);
	SHOW(read(zero, other, 10));
	SHOW(other[9]);
	SHOW(write(zero, other, 10));
	SHOW(write(full, other, 10));
	SHOW(read(full, other, 10));
	SHOW(read(random, other, 100));
	SHOW(lseek(null, 0, SEEK_SET));
	SHOW(isatty(null));
	SHOW(open("/dev/absent", O_RDONLY));
	SHOW(close(open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600)));
	dprintf(open("/dev/stderr", O_WRONLY), "to the error stream\n");
}

int main(void)
{
	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7919 >> 3);
	positions();
	appending();
	descriptors();
	vectors();
	devices();
	return 0;
}
