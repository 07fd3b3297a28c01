/* SPDX-License-Identifier: MIT */
/* Errors of server/host.h as sentences, whatever is behind it. */
#include "server/host.h"

const char *host_sentence(long error)
{
	switch (-error) {
	case 2: return "no such file or directory";
	case 5: return "input/output error on the host";
	case 13: return "permission denied on the host";
	case 17: return "exists already";
	case 24: return "too many open files";
	case 27: return "file too large";
	case 28: return "no space left on the device";
	case 30: return "read-only file system";
	case 39: return "directory not empty";
	case 122: return "disk quota exceeded";
	default: return "a host call failed";
	}
}
