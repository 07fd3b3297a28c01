/* SPDX-License-Identifier: MIT */
/* Reads the numbers 1..20 x STEPS from standard input, one a line (as `seq` prints them), in bites
 * of odd sizes: every byte arrives once and in order, and then the end. */
#include <errno.h>
#include <unistd.h>

#include "test/checkpoint/subject.h"

SUBJECT(input, "standard input is consumed once, in order, to its end");

enum { PER_STEP = 20, BITE = 61 };

struct reader {
	uint64_t number;   /* of the line that is being read */
	uint64_t expected; /* number of the next line */
	int digits;
};

static void reader_take(struct reader *reader, char byte)
{
	if (byte != '\n') {
		subject_check(byte >= '0' && byte <= '9', "line %llu: byte %d",
			      (unsigned long long)reader->expected, byte);
		reader->number = reader->number * 10 + (uint64_t)(byte - '0');
		reader->digits++;
		return;
	}
	subject_check(reader->digits > 0 && reader->number == reader->expected, "line %llu reads %llu",
		      (unsigned long long)reader->expected, (unsigned long long)reader->number);
	*reader = (struct reader){.expected = reader->expected + 1};
}

int main(int argc, char **argv)
{
	unsigned long steps = subject_begin(argc, argv);
	struct reader reader = {.expected = 1};
	uint64_t result = 0;
	char bytes[BITE];
	ssize_t count;

	while ((count = read(STDIN_FILENO, bytes, 1 + result % BITE)) != 0) {
		subject_check(count > 0 || errno == EINTR, "read: errno %d", errno);
		for (ssize_t i = 0; i < count; i++)
			reader_take(&reader, bytes[i]);
		result = subject_work(result ^ reader.expected, 60000);
	}
	subject_check(reader.expected == steps * PER_STEP + 1 && reader.digits == 0, "end at line %llu",
		      (unsigned long long)reader.expected);
	return subject_finish(steps, reader.expected);
}
