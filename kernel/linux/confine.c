/* SPDX-License-Identifier: MIT */
/* Confinement of host servers: see confine.h. */
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "kernel/linux/confine.h"

/* Everything of the first version of Landlock but executing, which the start of the stub itself needs. */
#define ACCESS_ALL ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define ACCESS_HANDLED (ACCESS_ALL & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE)
#define ACCESS_ALLOWED                                                                             \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |    \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |  \
	 LANDLOCK_ACCESS_FS_MAKE_REG)

static bool confine_by_landlock(int descriptor, bool directory)
{
	struct landlock_ruleset_attr attributes = {.handled_access_fs = ACCESS_HANDLED};
	struct landlock_path_beneath_attr rule = {.allowed_access = ACCESS_ALLOWED, .parent_fd = descriptor};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);

	if (rules < 0)
		return false;
	if (directory && syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return false;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, rules, 0) == 0 &&
	       close(rules) == 0;
}

/* For a grant that is no directory the root is a directory in which nothing can be made or followed. */
static bool confine_by_root(int descriptor, bool directory)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return false;
	int entered = directory ? fchdir(descriptor) : chdir("/proc/self/fdinfo");
	return entered == 0 && chroot(".") == 0;
}

bool confine_to(int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status) < 0)
		return false;
	bool directory = S_ISDIR(status.st_mode);
	return confine_by_landlock(descriptor, directory) || confine_by_root(descriptor, directory);
}
