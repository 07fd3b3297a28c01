/* SPDX-License-Identifier: MIT */
/*
 * Tests of the ELF reader and the slot bitmap on the build machine: this very program and Debian's busybox as sound
 * files, then each byte of the headers damaged in every bit, every truncation, and extremes in every field.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <framework/elf.h>
#include <framework/slots.h>

static int passed, failed;

static void expect(bool right, const char *what)
{
	right ? passed++ : failed++;
	if (!right)
		printf("failed: %s\n", what);
}

/* What must hold for a plan that was accepted, whatever the file. */
static bool plan_sound(const struct elf_plan *plan, uint64_t size)
{
	uint64_t end = plan->low;

	for (uint32_t i = 0; i < plan->segment_count; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		if (segment->address < end || segment->file_size > segment->memory_size ||
		    segment->file_offset + segment->file_size > size)
			return false;
		end = (segment->address + segment->memory_size + 4095) & ~4095ul;
		if (end < segment->address)
			return false;
	}
	return plan->segment_count && end == plan->high;
}

static void *file_map(const char *path, uint64_t *size)
{
	struct stat status;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &status) < 0)
		return NULL;
	*size = (uint64_t)status.st_size;
	void *bytes = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	return bytes == MAP_FAILED ? NULL : bytes;
}

/* Every damage is either refused with a sentence or gives a plan that is sound. */
static bool try_damaged(const uint8_t *bytes, uint64_t size)
{
	const char *sentence = NULL;
	struct elf_plan plan;
	err_t err = elf_read(bytes, size, ELF_X86_64, &plan, &sentence);

	return err == OK ? plan_sound(&plan, size) : (err == ERR_CORRUPT || err == ERR_UNSUPPORTED) && sentence;
}

static void sweep(uint8_t *bytes, uint64_t size)
{
	static const uint64_t extremes[] = {0, 1, 4095, 4096, 1ul << 31, 1ul << 32, 1ul << 47, 1ul << 63, ~0ul, ~4095ul};
	uint64_t headers = 64 + 56 * 16 < size ? 64 + 56 * 16 : size, tried = 0;
	bool right = true;

	for (uint64_t at = 0; at < headers; at++) {
		for (int bit = 0; bit < 8; bit++, tried++) {
			bytes[at] ^= (uint8_t)(1 << bit);
			right = right && try_damaged(bytes, size);
			bytes[at] ^= (uint8_t)(1 << bit);
		}
	}
	for (uint64_t at = 16; at + 8 <= headers; at += 2) {
		uint8_t saved[8];
		memcpy(saved, bytes + at, 8);
		for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++, tried++) {
			memcpy(bytes + at, &extremes[i], 8);
			right = right && try_damaged(bytes, size);
		}
		memcpy(bytes + at, saved, 8);
	}
	for (uint64_t cut = 0; cut < headers + 64; cut++, tried++) {
		uint8_t *copy = malloc(cut ? cut : 1);
		memcpy(copy, bytes, cut);
		right = right && try_damaged(copy, cut);
		free(copy);
	}
	printf("%llu damaged files\n", (unsigned long long)tried);
	expect(right, "a damaged file was accepted unsound, or refused without a reason");
}

static void test_files(const char *self)
{
	const char *sentence = "";
	struct elf_plan plan;
	uint64_t size = 0;
	uint8_t *bytes = file_map("/bin/busybox", &size);

	expect(bytes && elf_read(bytes, size, ELF_X86_64, &plan, &sentence) == OK, "busybox is a static program");
	expect(plan_sound(&plan, size) && plan.headers, "its plan is sound");
	expect(elf_read(bytes, size, ELF_ARM, &plan, &sentence) == ERR_UNSUPPORTED &&
	       strstr(sentence, "architecture"), "another architecture is refused");
	if (bytes)
		sweep(bytes, size);
	bytes = file_map(self, &size);
	expect(bytes && elf_read(bytes, size, ELF_X86_64, &plan, &sentence) == ERR_UNSUPPORTED &&
	       strstr(sentence, "dynamically"), "a dynamic program is refused with the reason");
}

static void test_slots(void)
{
	static struct slots slots;
	static uint64_t used[1024 / 64];
	slot_t slot = 0, last = 0;
	uint32_t count = 0;

	slots_init(&slots, used, 8, 1024);
	while (slots_take(&slots, &slot) == OK) {
		expect(slot >= 8 && slot < 1024, "a slot lies in its range");
		last = slot;
		count++;
	}
	expect(count == 1016 && last == 1023, "every slot is given once");
	slots_give(&slots, 500);
	expect(slots_take(&slots, &slot) == OK && slot == 500, "a slot given back is given again");
	slots_give(&slots, 5000);
	expect(slots_take(&slots, &slot) == ERR_CAP_QUOTA, "a slot that does not exist cannot be given back");
}

int main(int argc, char **argv)
{
	test_files(argc > 0 ? argv[0] : "");
	test_slots();
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}
