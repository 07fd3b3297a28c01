/* SPDX-License-Identifier: MIT */
/* freeing: takes memory, writes to it and frees it, for ever. */
#include <stddef.h>
#include <sys/mman.h>

enum { SIZE = 1 << 20 };

int main(void)
{
	for (;;) {
		char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			return 1;
		*(volatile char *)at = 1;
		if (munmap(at, SIZE) != 0)
			return 1;
	}
}
