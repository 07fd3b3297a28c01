/* SPDX-License-Identifier: MIT */
/* The modules of an image. MODULES, a file that the build makes, has one line `module "name", "file"` for each. */
#include <kernel/boot.h>

	.macro module name, file
	.section .modules, "a"
	.balign 4096
10:	.incbin "\file"
20:
	.section .rodata
30:	.ascii "\name"
	.if . - 30b > 31
	.error "the name of a module has more than 31 characters: \name"
	.endif
	.fill 32 - (. - 30b), 1, 0
	.word 10b, 20b
	.endm

	.section .rodata
	.balign 4
	.globl module_list
module_list:
	.include MODULES
	.section .rodata
module_end:
	.if (module_end - module_list) / 40 > BOOT_MODULES
	.error "the image has more modules than BOOT_MODULES (include/kernel/boot.h)"
	.endif
	.globl module_count
module_count:
	.word (module_end - module_list) / 40

	.section .note.GNU-stack, "", %progbits
