/* SPDX-License-Identifier: MIT */
/* A main for Debian's SQLite library: runs SQL from a file (standard input without one) on a
 * database file (in memory without one), and prints each row as soon as it is there.
 *   usage: sqlite [SCRIPT|- [DATABASE]] */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int row_print(void *unused, int count, char **values, char **names)
{
	(void)unused;
	(void)names;
	for (int i = 0; i < count; i++)
		printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
	putchar('\n');
	return fflush(stdout) != 0;
}

/* Adds the line to the statement; false when there is no memory. */
static int statement_add(char **statement, const char *line)
{
	char *longer = sqlite3_mprintf("%s%s", *statement ? *statement : "", line);

	if (!longer)
		return 0;
	sqlite3_free(*statement);
	*statement = longer;
	return 1;
}

static int script_run(sqlite3 *database, FILE *script)
{
	char *line = NULL, *statement = NULL, *error = NULL;
	size_t capacity = 0;
	int result = SQLITE_OK;

	while (result == SQLITE_OK && getline(&line, &capacity, script) >= 0) {
		if (!statement_add(&statement, line)) {
			result = SQLITE_NOMEM;
		} else if (sqlite3_complete(statement)) {
			result = sqlite3_exec(database, statement, row_print, NULL, &error);
			sqlite3_free(statement);
			statement = NULL;
		}
	}
	if (result == SQLITE_OK && statement)
		result = sqlite3_exec(database, statement, row_print, NULL, &error);
	if (result != SQLITE_OK)
		fprintf(stderr, "sqlite: %s\n", error ? error : sqlite3_errstr(result));
	sqlite3_free(error);
	sqlite3_free(statement);
	free(line);
	return result;
}

int main(int argc, char **argv)
{
	FILE *script = argc > 1 && strcmp(argv[1], "-") != 0 ? fopen(argv[1], "r") : stdin;
	const char *name = argc > 2 ? argv[2] : ":memory:";
	sqlite3 *database = NULL;
	int result = SQLITE_ERROR;

	if (!script)
		perror(argv[1]);
	else if ((result = sqlite3_open(name, &database)) != SQLITE_OK)
		fprintf(stderr, "sqlite: %s: %s\n", name, sqlite3_errstr(result));
	else
		result = script_run(database, script);
	if (sqlite3_close(database) != SQLITE_OK)
		result = SQLITE_BUSY;
	return result == SQLITE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
