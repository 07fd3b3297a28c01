/* SPDX-License-Identifier: MIT */
/*
 * Tables of names.
 */
#include "names.h"
#include <image/record.h>
#include <kernel/thread.h>

#define LOOK_UP(table, n) ((n) < sizeof(table) / sizeof((table)[0]) && (table)[n] ? (table)[n] : "?")

const char *image_kernel_name(uint32_t kernel)
{
	static const char *const names[] = {
		[IMAGE_KERNEL_LINUX] = "linux", [IMAGE_KERNEL_ARMV7] = "armv7"};
	return LOOK_UP(names, kernel);
}

const char *image_architecture_name(uint32_t architecture)
{
	static const char *const names[] = {
		[IMAGE_ARCHITECTURE_X86_64] = "x86-64", [IMAGE_ARCHITECTURE_ARMV7] = "armv7"};
	return LOOK_UP(names, architecture);
}

#define NAME(name, number, pieces) [number] = #name,
const char *image_kind_name(uint32_t kind)
{
	static const char *const names[] = {IMAGE_KIND_TABLE(NAME)};
	return LOOK_UP(names, kind);
}
#undef NAME

const char *image_origin_name(uint32_t origin)
{
	static const char *const names[] = {
		[IMAGE_ORIGIN_ANONYMOUS] = "anonymous", [IMAGE_ORIGIN_ROM] = "rom", [IMAGE_ORIGIN_DEVICE] = "device"};
	return LOOK_UP(names, origin);
}

const char *kernel_kind_name(uint32_t kind)
{
	static const char *const names[] = {
		[KIND_PD] = "pd", [KIND_MEMORY] = "memory", [KIND_THREAD] = "thread",
		[KIND_ENDPOINT] = "endpoint", [KIND_REPLY] = "reply", [KIND_SIGNAL] = "signal",
		[KIND_CONSOLE] = "console", [KIND_HOST] = "host", [KIND_INTERRUPT] = "interrupt"};
	return LOOK_UP(names, kind);
}

const char *thread_run_name(uint32_t run)
{
	static const char *const names[] = {
		[THREAD_STOPPED] = "stopped", [THREAD_RUNNING] = "running", [THREAD_CALLING] = "calling",
		[THREAD_AWAITING] = "awaiting", [THREAD_WAITING] = "waiting", [THREAD_FAULTED] = "faulted"};
	return LOOK_UP(names, run);
}

const char *fault_name(uint32_t fault)
{
	static const char *const names[] = {
		[FAULT_NONE] = "none", [FAULT_PAGE] = "page", [FAULT_ARITHMETIC] = "arithmetic",
		[FAULT_INSTRUCTION] = "instruction", [FAULT_ALIGNMENT] = "alignment",
		[FAULT_BREAKPOINT] = "breakpoint", [FAULT_BACKING] = "backing",
		[FAULT_FOREIGN] = "foreign", [FAULT_DEAD] = "dead"};
	return LOOK_UP(names, fault);
}

const char *rights_name(uint32_t rights, char *to)
{
	static const char letters[] = "rwxsagcd";
	for (uint32_t i = 0; i < 8; i++)
		to[i] = rights >> i & 1 ? letters[i] : '-';
	to[8] = 0;
	return to;
}
