/* SPDX-License-Identifier: MIT */
/*
 * The handlers of system calls, by the file that has them; calls.c of each architecture gives them numbers. Arguments
 * are those of Linux on a 64-bit machine, offsets in files as one argument; what lies in the program's memory is as wide as
 * its `long`, times too unless the entry says CALL_TIME64.
 */
#ifndef POSIX_HANDLERS_H
#define POSIX_HANDLERS_H

#include "posix/call.h"

/* memory_calls.c */
extern call_t call_brk, call_mmap, call_munmap, call_mprotect, call_mremap, call_madvise, call_mincore;
/* thread.c */
extern call_t call_clone, call_clone3, call_fork, call_execve, call_wait4, call_exit, call_exit_group,
	call_gettid, call_set_tid_address, call_sched_yield, call_affinity, call_set_robust_list;
/* futex.c */
extern call_t call_futex;
/* signal_calls.c */
extern call_t call_sigaction, call_sigprocmask, call_sigreturn, call_sigaltstack, call_sigpending,
	call_sigsuspend, call_pause, call_sigtimedwait, call_kill, call_tkill, call_tgkill,
	call_sigqueueinfo, call_tgsigqueueinfo;
/* time.c */
extern call_t call_clock_gettime, call_clock_getres, call_gettimeofday, call_time, call_nanosleep,
	call_clock_nanosleep, call_getitimer, call_setitimer, call_alarm, call_timer_create,
	call_timer_settime, call_timer_gettime, call_timer_getoverrun, call_timer_delete, call_times;
/* timerfd.c */
extern call_t call_timerfd_create, call_timerfd_settime, call_timerfd_gettime;
/* process.c */
extern call_t call_one, call_zero, call_enosys, call_uname, call_getrandom, call_prctl,
	call_getrlimit, call_prlimit, call_getrusage, call_sysinfo, call_getpriority, call_getcpu,
	call_three_ids;
/* file.c */
extern call_t call_read, call_write, call_pread, call_pwrite, call_readv, call_writev, call_preadv,
	call_pwritev, call_lseek, call_truncate_file, call_truncate, call_fallocate, call_fsync, call_sync,
	call_nothing, call_sendfile, call_sendfile64;
/* descriptor.c */
extern call_t call_close, call_close_range, call_dup, call_dup2, call_dup3, call_fcntl, call_ioctl;
/* names.c */
extern call_t call_open, call_openat, call_creat, call_unlink, call_rmdir, call_unlinkat, call_mknod,
	call_mknodat, call_mkdir, call_mkdirat, call_rename, call_renameat, call_renameat2, call_link,
	call_linkat, call_symlink, call_symlinkat, call_readlink, call_readlinkat;
/* status.c */
extern call_t call_fstat, call_stat, call_lstat, call_newfstatat, call_statx, call_access, call_faccessat,
	call_chmod, call_fchmodat, call_fchmod, call_chown, call_lchown, call_fchownat, call_fchown,
	call_umask, call_utimensat, call_utimes, call_futimesat, call_utime, call_statfs, call_fstatfs,
	call_statfs64, call_fstatfs64;
/* directory.c */
extern call_t call_getdents, call_getcwd, call_chdir, call_fchdir;
/* pipe.c, eventfd.c, signalfd.c, memfd.c */
extern call_t call_pipe, call_pipe2, call_eventfd, call_eventfd2, call_signalfd, call_signalfd4, call_memfd_create;
/* poll.c, epoll.c */
extern call_t call_poll, call_ppoll, call_select, call_pselect, call_epoll_create, call_epoll_create1, call_epoll_ctl,
	call_epoll_wait, call_epoll_pwait, call_epoll_pwait2;
/* socket.c, socket_calls.c */
extern call_t call_socket, call_socketpair, call_sendto, call_send, call_sendmsg, call_recvfrom, call_recv, call_recvmsg,
	call_shutdown, call_getsockname, call_getpeername, call_getsockopt, call_setsockopt;

#endif
