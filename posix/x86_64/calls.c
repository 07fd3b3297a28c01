/* SPDX-License-Identifier: MIT */
/* System calls by their numbers on x86-64 (Linux: arch/x86/entry/syscalls/syscall_64.tbl). */
#include "posix/errno.h"
#include "posix/handlers.h"
#include "posix/thread.h"
#include "posix/user.h"

enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003 };

static long call_arch_prctl(const uint64_t a[6])
{
	struct registers *registers = call_registers();

	switch (a[0]) {
	case ARCH_SET_FS:
		if (a[1] >= LIBRARY_LOW)
			return -EPERM;
		registers->fs_base = a[1];
		return 0;
	case ARCH_GET_FS: return user_write(a[1], &registers->fs_base, 8);
	case ARCH_SET_GS: call_unsupported("arch_prctl", "GS belongs to the kernel interface"); return -EPERM;
	default: return -EINVAL;
	}
}

static const struct call_entry entries[] = {
	{0, "read", call_read, 0}, {1, "write", call_write, 0}, {2, "open", call_open, 0},
	{3, "close", call_close, 0}, {4, "stat", call_stat, 0}, {5, "fstat", call_fstat, 0},
	{6, "lstat", call_lstat, 0}, {7, "poll", call_poll, CALL_FINAL}, {8, "lseek", call_lseek, 0},
	{9, "mmap", call_mmap, 0}, {10, "mprotect", call_mprotect, 0}, {11, "munmap", call_munmap, 0},
	{12, "brk", call_brk, 0}, {13, "rt_sigaction", call_sigaction, 0},
	{14, "rt_sigprocmask", call_sigprocmask, 0}, {15, "rt_sigreturn", call_sigreturn, CALL_WHOLE},
	{16, "ioctl", call_ioctl, 0}, {17, "pread64", call_pread, 0}, {18, "pwrite64", call_pwrite, 0},
	{19, "readv", call_readv, 0}, {20, "writev", call_writev, 0}, {21, "access", call_access, 0},
	{22, "pipe", call_pipe, 0}, {23, "select", call_select, CALL_FINAL},
	{24, "sched_yield", call_sched_yield, 0}, {25, "mremap", call_mremap, 0}, {26, "msync", call_zero, 0},
	{27, "mincore", call_mincore, 0}, {28, "madvise", call_madvise, 0}, {32, "dup", call_dup, 0},
	{33, "dup2", call_dup2, 0}, {34, "pause", call_pause, CALL_FINAL},
	{35, "nanosleep", call_nanosleep, CALL_FINAL}, {36, "getitimer", call_getitimer, 0},
	{37, "alarm", call_alarm, 0}, {38, "setitimer", call_setitimer, 0}, {39, "getpid", call_one, 0},
	{40, "sendfile", call_sendfile, 0}, {41, "socket", call_socket, 0}, {44, "sendto", call_sendto, 0},
	{45, "recvfrom", call_recvfrom, 0}, {46, "sendmsg", call_sendmsg, 0}, {47, "recvmsg", call_recvmsg, 0},
	{48, "shutdown", call_shutdown, 0}, {51, "getsockname", call_getsockname, 0},
	{52, "getpeername", call_getpeername, 0}, {53, "socketpair", call_socketpair, 0},
	{54, "setsockopt", call_setsockopt, 0}, {55, "getsockopt", call_getsockopt, 0}, {56, "clone", call_clone, 0}, {57, "fork", call_fork, 0},
	{58, "vfork", call_fork, 0}, {59, "execve", call_execve, 0}, {60, "exit", call_exit, 0},
	{61, "wait4", call_wait4, 0}, {62, "kill", call_kill, 0}, {63, "uname", call_uname, 0},
	{72, "fcntl", call_fcntl, 0}, {73, "flock", call_sync, 0}, {74, "fsync", call_fsync, 0},
	{75, "fdatasync", call_fsync, 0}, {76, "truncate", call_truncate, 0},
	{77, "ftruncate", call_truncate_file, 0}, {79, "getcwd", call_getcwd, 0}, {80, "chdir", call_chdir, 0},
	{81, "fchdir", call_fchdir, 0}, {82, "rename", call_rename, 0}, {83, "mkdir", call_mkdir, 0},
	{84, "rmdir", call_rmdir, 0}, {85, "creat", call_creat, 0}, {86, "link", call_link, 0},
	{87, "unlink", call_unlink, 0}, {88, "symlink", call_symlink, 0}, {89, "readlink", call_readlink, 0},
	{90, "chmod", call_chmod, 0}, {91, "fchmod", call_fchmod, 0}, {92, "chown", call_chown, 0},
	{93, "fchown", call_fchown, 0}, {94, "lchown", call_lchown, 0}, {95, "umask", call_umask, 0},
	{96, "gettimeofday", call_gettimeofday, 0}, {97, "getrlimit", call_getrlimit, 0},
	{98, "getrusage", call_getrusage, 0}, {99, "sysinfo", call_sysinfo, 0}, {100, "times", call_times, 0},
	{102, "getuid", call_zero, 0}, {104, "getgid", call_zero, 0}, {105, "setuid", call_zero, 0},
	{106, "setgid", call_zero, 0}, {107, "geteuid", call_zero, 0}, {108, "getegid", call_zero, 0},
	{109, "setpgid", call_zero, 0}, {110, "getppid", call_zero, 0}, {111, "getpgrp", call_one, 0},
	{112, "setsid", call_one, 0}, {115, "getgroups", call_zero, 0}, {116, "setgroups", call_zero, 0},
	{118, "getresuid", call_three_ids, 0}, {120, "getresgid", call_three_ids, 0}, {121, "getpgid", call_one, 0},
	{124, "getsid", call_one, 0}, {127, "rt_sigpending", call_sigpending, 0},
	{128, "rt_sigtimedwait", call_sigtimedwait, CALL_FINAL}, {129, "rt_sigqueueinfo", call_sigqueueinfo, 0},
	{130, "rt_sigsuspend", call_sigsuspend, CALL_FINAL}, {131, "sigaltstack", call_sigaltstack, 0},
	{132, "utime", call_utime, 0}, {133, "mknod", call_mknod, 0}, {137, "statfs", call_statfs, 0},
	{138, "fstatfs", call_fstatfs, 0}, {140, "getpriority", call_getpriority, 0},
	{141, "setpriority", call_zero, 0}, {145, "sched_getscheduler", call_zero, 0}, {149, "mlock", call_zero, 0},
	{150, "munlock", call_zero, 0}, {151, "mlockall", call_zero, 0}, {152, "munlockall", call_zero, 0},
	{157, "prctl", call_prctl, 0}, {158, "arch_prctl", call_arch_prctl, 0}, {160, "setrlimit", call_zero, 0},
	{162, "sync", call_nothing, 0}, {186, "gettid", call_gettid, 0}, {200, "tkill", call_tkill, 0},
	{201, "time", call_time, 0}, {202, "futex", call_futex, CALL_FINAL_TIMED},
	{203, "sched_setaffinity", call_zero, 0}, {204, "sched_getaffinity", call_affinity, 0},
	{213, "epoll_create", call_epoll_create, 0}, {217, "getdents64", call_getdents, 0}, {218, "set_tid_address", call_set_tid_address, 0},
	{221, "fadvise64", call_sync, 0}, {222, "timer_create", call_timer_create, 0},
	{223, "timer_settime", call_timer_settime, 0}, {224, "timer_gettime", call_timer_gettime, 0},
	{225, "timer_getoverrun", call_timer_getoverrun, 0}, {226, "timer_delete", call_timer_delete, 0},
	{228, "clock_gettime", call_clock_gettime, 0}, {229, "clock_getres", call_clock_getres, 0},
	{230, "clock_nanosleep", call_clock_nanosleep, CALL_FINAL}, {231, "exit_group", call_exit_group, 0},
	{232, "epoll_wait", call_epoll_wait, CALL_FINAL}, {233, "epoll_ctl", call_epoll_ctl, 0},
	{234, "tgkill", call_tgkill, 0}, {235, "utimes", call_utimes, 0}, {257, "openat", call_openat, 0},
	{258, "mkdirat", call_mkdirat, 0}, {259, "mknodat", call_mknodat, 0}, {260, "fchownat", call_fchownat, 0},
	{261, "futimesat", call_futimesat, 0}, {262, "newfstatat", call_newfstatat, 0},
	{263, "unlinkat", call_unlinkat, 0}, {264, "renameat", call_renameat, 0}, {265, "linkat", call_linkat, 0},
	{266, "symlinkat", call_symlinkat, 0}, {267, "readlinkat", call_readlinkat, 0},
	{268, "fchmodat", call_fchmodat, 0}, {269, "faccessat", call_faccessat, 0},
	{270, "pselect6", call_pselect, CALL_FINAL}, {271, "ppoll", call_ppoll, CALL_FINAL},
	{273, "set_robust_list", call_set_robust_list, 0}, {277, "sync_file_range", call_sync, 0},
	{280, "utimensat", call_utimensat, 0}, {281, "epoll_pwait", call_epoll_pwait, CALL_FINAL},
	{282, "signalfd", call_signalfd, 0}, {289, "signalfd4", call_signalfd4, 0},
	{291, "epoll_create1", call_epoll_create1, 0}, {319, "memfd_create", call_memfd_create, 0},
	{441, "epoll_pwait2", call_epoll_pwait2, CALL_FINAL}, {283, "timerfd_create", call_timerfd_create, 0},
	{284, "eventfd", call_eventfd, 0}, {286, "timerfd_settime", call_timerfd_settime, 0},
	{287, "timerfd_gettime", call_timerfd_gettime, 0},
	{285, "fallocate", call_fallocate, 0}, {290, "eventfd2", call_eventfd2, 0}, {292, "dup3", call_dup3, 0},
	{293, "pipe2", call_pipe2, 0}, {295, "preadv", call_preadv, 0}, {296, "pwritev", call_pwritev, 0},
	{297, "rt_tgsigqueueinfo", call_tgsigqueueinfo, 0}, {302, "prlimit64", call_prlimit, 0},
	{306, "syncfs", call_sync, 0}, {309, "getcpu", call_getcpu, 0}, {316, "renameat2", call_renameat2, 0},
	{318, "getrandom", call_getrandom, 0}, {324, "membarrier", call_enosys, 0}, {325, "mlock2", call_zero, 0},
	{332, "statx", call_statx, 0}, {334, "rseq", call_enosys, 0}, {435, "clone3", call_clone3, 0},
	{436, "close_range", call_close_range, 0}, {439, "faccessat2", call_faccessat, 0},
};
const struct call_table calls = {entries, sizeof entries / sizeof *entries};
