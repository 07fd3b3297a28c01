/* SPDX-License-Identifier: MIT */
/*
 * How commands end. A program in the foreground (`run`), and `wait`, end with the program's own status: what it gave to
 * exit, or 128 + N if signal N killed it; their own failures are told apart as podman does it.
 */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,       /* the node refused, or it failed; the sentence says why */
	EXIT_USAGE = 2,        /* wrong use; nothing was done */
	EXIT_UNKNOWN = 3,      /* no component or no checkpoint of this name */
	EXIT_NODE = 4,         /* no node runs, none can be started, it is busy, or it died meanwhile */
	EXIT_RUN = 125,        /* run, wait: failed for any of the reasons above */
	EXIT_CANNOT = 126,     /* run: the program cannot run here (not a static program, other architecture, ...) */
	EXIT_MISSING = 127,    /* run: there is no such program */
	EXIT_INTERRUPTED = 130,/* run: ended by Ctrl-C */
	EXIT_KILLED = 137,     /* run, wait: ended by `rtcr kill` */
	EXIT_FAULTED = 139     /* run, wait: a fault of its own */
};

#endif
