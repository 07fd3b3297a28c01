/* SPDX-License-Identifier: MIT */
/* Names: open, rename, link, unlink, directories, stat and its like, errors. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "show.h"

static char path[5000];

static void opening(void)
{
	SHOW(mkdir("d", 0755));
	SHOW(mkdir("d", 0755));
	SHOW(mkdir("absent/d", 0755));
	SHOW(close(open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0644)));
	SHOW(open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0644));
	SHOW(open("d/f/g", O_RDONLY));
	SHOW(open("d/f/", O_RDONLY));
	SHOW(open("d", O_WRONLY));
	SHOW(open("d", O_RDWR | O_CREAT, 0644));
	SHOW(open("d/f", O_RDONLY | O_DIRECTORY));
	SHOW(open("absent", O_RDONLY));
	SHOW(open("", O_RDONLY));
	SHOW(syscall(SYS_open, NULL, O_RDONLY));
	SHOW(open("d/new/", O_CREAT | O_WRONLY, 0644));
	memset(path, 'n', sizeof path - 1);
	SHOW(open(path, O_RDONLY));
	path[300] = 0;
	SHOW(open(path, O_RDONLY | O_CREAT, 0600));
	path[255] = 0;
	SHOW(close(open(path, O_RDONLY | O_CREAT, 0600)));
	SHOW(unlink(path));
	SHOW(openat(77, "x", O_RDONLY));
	SHOW(symlink("d/f", "l"));
	SHOW(symlink("loop", "loop"));
	SHOW(open("loop", O_RDONLY));
	SHOW(open("l", O_RDONLY | O_NOFOLLOW));
	SHOW(close(open("l", O_RDONLY)));
	SHOW(symlink("made", "dangling"));
	SHOW(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0600));
	SHOW(close(open("dangling", O_CREAT | O_WRONLY, 0600)));
	SHOW(access("made", F_OK));
	SHOW(symlink("", "empty"));
	SHOW(symlink("x", "l"));
}

static void renaming(void)
{
	SHOW(rename("d/f", "moved"));
	SHOW(rename("d/f", "other"));
	SHOW(access("l", F_OK));
	SHOW(rename("moved", "d"));
	SHOW(rename("d", "moved"));
	SHOW(mkdir("d/e", 0700));
	SHOW(rename("d", "d/e/f"));
	SHOW(mkdir("full", 0700));
	SHOW(close(creat("full/x", 0600)));
	SHOW(rename("d", "full"));
	SHOW(rename("full", "d/e"));
	SHOW(access("d/e/x", R_OK | W_OK));
	SHOW(rename("moved", "moved"));
	SHOW(link("moved", "hard"));
	SHOW(rename("moved", "hard"));
	SHOW(access("moved", F_OK));
	SHOW(renameat2(AT_FDCWD, "moved", AT_FDCWD, "hard", RENAME_NOREPLACE));
	SHOW(rename("d/.", "z"));
	SHOW(rename("moved", "z/"));
	SHOW(rename("d", "dd/"));
	SHOW(rename("dd", "d"));
}

static void linking(void)
{
	struct stat found;

	SHOW(stat("hard", &found));
	SHOW(found.st_nlink);
	SHOW(link("d", "dir"));
	SHOW(link("moved", "hard"));
	SHOW(link("absent", "x"));
	SHOW(unlink("d"));
	SHOW(rmdir("d"));
	SHOW(rmdir("moved"));
	SHOW(rmdir("."));
	SHOW(rmdir("d/e/."));
	SHOW(rmdir("d/e/.."));
	SHOW(unlink("hard"));
	SHOW(fstatat(AT_FDCWD, "moved", &found, 0));
	SHOW(found.st_nlink);
	SHOW(lstat("l", &found));
	HOLDS(S_ISLNK(found.st_mode) && found.st_size == 3);
	SHOW(readlink("l", path, sizeof path));
	SHOW(readlink("l", path, 2));
	SHOW(readlink("moved", path, 2));
	SHOW(readlink("l", path, 0));
	SHOW(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
	SHOW(unlinkat(AT_FDCWD, "l", AT_REMOVEDIR));
	SHOW(unlink("l"));
	SHOW(unlink("moved/"));
	SHOW(unlink("absent"));
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static void listing(void)
{
	struct dirent **list;
	int count = scandir("d", &list, NULL, by_name);

	for (int i = 0; i < count; i++)
		printf("%s type %d\n", list[i]->d_name, list[i]->d_type);
	mkdir("many", 0700);
	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof path, "many/%d", i);
		close(creat(path, 0600));
	}
	DIR *directory = opendir("many");
	int seen = 0, removed = 0;
	for (struct dirent *entry; (entry = readdir(directory));) {
		seen++;
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "many/%s", entry->d_name);
		removed += unlink(path) == 0;
	}
	SHOW(seen);
	SHOW(removed);
	rewinddir(directory);
	SHOW(readdir(directory) != NULL);
	closedir(directory);
	SHOW(rmdir("many"));
	SHOW(chdir("d/e"));
	HOLDS(getcwd(path, sizeof path) && strcmp(path + strlen(path) - 4, "/d/e") == 0);
	SHOW((long)getcwd(path, 2));
	SHOW(access("x", F_OK));
	SHOW(access("../e/./x", F_OK));
	SHOW(chdir("x"));
	SHOW(chdir("../.."));
	int here = open("d", O_RDONLY | O_DIRECTORY);
	SHOW(faccessat(here, "e/x", F_OK, 0));
	SHOW(fchdir(here));
	SHOW(read(here, path, 10));
	SHOW(write(here, path, 10));
	SHOW(chdir(".."));
	SHOW(mkdirat(here, "made-here", 0750));
	SHOW(unlinkat(here, "made-here", AT_REMOVEDIR));
	SHOW(close(here));
}

static void telling(void)
{
	struct stat found;
	struct statx extended;
	struct timespec times[2] = {{1000, 5}, {2000, 7}};

	SHOW(chmod("moved", 0640));
	SHOW(truncate("moved", 5000));
	SHOW(stat("moved", &found));
	SHOW(found.st_mode);
	SHOW(found.st_size);
	SHOW(utimensat(AT_FDCWD, "moved", times, 0));
	SHOW(stat("moved", &found));
	SHOW(found.st_atime + found.st_mtim.tv_nsec + found.st_mtime);
	SHOW(statx(AT_FDCWD, "moved", 0, STATX_BASIC_STATS, &extended));
	SHOW(extended.stx_size + extended.stx_mode);
	SHOW(extended.stx_mtime.tv_sec);
	SHOW(statx(AT_FDCWD, "absent", 0, STATX_BASIC_STATS, &extended));
	SHOW(stat("absent", &found));
	SHOW(stat("moved/x", &found));
	SHOW(fstat(77, &found));
	SHOW(stat("/dev/null", &found));
	HOLDS(S_ISCHR(found.st_mode) && found.st_rdev == makedev(1, 3));
	SHOW(stat("d", &found));
	HOLDS(S_ISDIR(found.st_mode));
	SHOW(umask(027));
	SHOW(umask(022));
	SHOW(chmod("absent", 0600));
	SHOW(readlink("/proc/self/exe", path, sizeof path) > 0);
	SHOW(path[0] == '/');
	SHOW(truncate("d", 5));
	SHOW(truncate("moved", -1));
	SHOW(mknod("fifo", S_IFREG | 0600, 0));
}

int main(void)
{
	umask(022);
	opening();
	renaming();
	linking();
	listing();
	telling();
	return 0;
}
