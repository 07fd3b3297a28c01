/* SPDX-License-Identifier: MIT */
/* Tests of the parser of init's configuration on the build machine: what it says, whom it allows what, and what it refuses. */
#include <stdio.h>
#include <string.h>

#include "init/config.h"

static int passed, failed;
static struct config config;

static void expect(bool right, const char *what)
{
	right ? passed++ : failed++;
	if (!right)
		printf("failed: %s\n", what);
}

/* NULL: it was understood; else the sentence, with *line. */
static const char *parse(const char *text, uint32_t *line)
{
	const char *sentence = NULL;
	err_t err = config_parse(text, strlen(text), &config, line, &sentence);

	expect((err == OK) == !sentence && (err == OK || err == ERR_CORRUPT), text);
	return sentence;
}

static void refused(const char *text, uint32_t line, const char *sentence)
{
	uint32_t found = 0;
	const char *said = parse(text, &found);

	expect(said && strcmp(said, sentence) == 0 && found == line, text);
	if (said && (strcmp(said, sentence) != 0 || found != line))
		printf("  line %u: %s\n", found, said);
}

static const char sound[] = "# a comment\n"
                            "start one ram=2M caps=10 slots=16 grant=disk\n"
                            "\tstart  two ram=4096 caps=1 slots=2   # behind a statement\n"
                            "template rtcr ram=1G caps=4294967295 slots=65536\n"
                            "route STORE one\n"
                            "route CHECKPOINT *\n"
                            "allow one CPU LOG\n"
                            "allow one ROM=index\n"
                            "allow * LOG IRQ=clock\n"
                            "allow *:pump IRQ=ttc0 IO_MEM=ttc0\n"
                            "allow *:pump IRQ=uart1\n"
                            "allow *:tap IRQ=uart1";

static void statements_test(void)
{
	uint32_t line;

	expect(!parse(sound, &line), "all statements");
	expect(config.child_count == 2 && config.route_count == 2 && config.instance_count == 2, "counts");
	const struct config_child *one = &config.child[0], *two = &config.child[1], *instances = &config.template;
	expect(strcmp(one->name, "one") == 0 && strcmp(one->grant, "disk") == 0 && one->ram == 2 << 20 && one->caps == 10 &&
	       one->slots == 16, "the first component");
	expect(strcmp(two->name, "two") == 0 && !two->grant[0] && two->ram == 4096, "the second component");
	expect(strcmp(instances->name, "rtcr") == 0 && instances->ram == 1ull << 30 && instances->caps == UINT32_MAX, "the template");
	expect(strcmp(config_route(&config, "STORE"), "one") == 0, "a route");
	expect(strcmp(config_route(&config, "CHECKPOINT"), "*") == 0, "the route to instances");
	expect(!config_route(&config, "STOR") && !config_route(&config, ""), "no route");
}

static bool instance_allowed(const char *instance, const char *service, const char *label)
{
	return config_allows(&config, &config.template, instance, service, label);
}

static void permissions_test(void)
{
	const struct config_child *one = &config.child[0], *two = &config.child[1];

	expect(config_allows(&config, one, NULL, "CPU", "anything"), "every label");
	expect(config_allows(&config, one, NULL, "ROM", "index"), "one label");
	expect(!config_allows(&config, one, NULL, "ROM", "inde") && !config_allows(&config, one, NULL, "ROM", "index2") &&
	       !config_allows(&config, one, NULL, "ROM", ""), "other labels");
	expect(!config_allows(&config, one, NULL, "CP", "") && !config_allows(&config, one, NULL, "CPUS", "") &&
	       !config_allows(&config, one, NULL, "", ""), "other services");
	expect(!config_allows(&config, two, NULL, "CPU", ""), "who is allowed nothing");
	expect(instance_allowed("any", "LOG", "") && instance_allowed("pump", "LOG", ""), "what all instances may");
	expect(instance_allowed("any", "IRQ", "clock") && !instance_allowed("any", "IRQ", "ttc0"), "the devices of all instances");
	expect(instance_allowed("pump", "IRQ", "ttc0") && instance_allowed("pump", "IO_MEM", "ttc0") &&
	       instance_allowed("pump", "IRQ", "uart1"), "the devices of one");
	expect(!instance_allowed("pump", "IRQ", "gem0") && !instance_allowed("tap", "IRQ", "ttc0") &&
	       instance_allowed("tap", "IRQ", "uart1"), "the devices of another");
	expect(!instance_allowed("pum", "IRQ", "ttc0") && !instance_allowed("pump2", "IRQ", "ttc0") &&
	       !instance_allowed("", "IRQ", "ttc0"), "names that are alike");
	expect(!config_allows(&config, one, NULL, "IRQ", "ttc0"), "no instance");
}

static void refusals_test(void)
{
	static const char unknown[] = "allow needs a child that is known by now, and services";
	static const char words[] = "a word is too long, or there are too many";
	static const char template[] = "template t ram=1 caps=1 slots=1\n";
	char text[8192];
	uint32_t line;

	refused("begin one", 1, "unknown statement");
	refused("start", 1, "a name is missing");
	refused("\n\nstart one ram=1 caps=1", 3, "ram=, caps= and slots= are needed");
	refused("start one ram=1 caps=1 slots=0", 1, "ram=, caps= and slots= are needed");
	refused("start one ram=1T caps=1 slots=1", 1, "not a number");
	refused("start one ram= caps=1 slots=1", 1, "not a number");
	refused("start one ram=99999999999 caps=1 slots=1", 1, "not a number");
	refused("start one ram=42949672959G caps=1 slots=1", 1, "not a number");
	refused("start one ram=1 caps=4294967296 slots=1", 1, "not a number");
	refused("start one ram=1 caps=1 slots=1 size=4", 1, "only ram=, caps=, slots= and grant= are known here");
	refused("start one ram=1 caps=1 slots=1\nstart one ram=1 caps=1 slots=1", 2, "the name is in use");
	refused("allow one LOG", 1, unknown);
	refused("allow * LOG", 1, unknown);
	refused("allow *:pump LOG", 1, unknown);
	snprintf(text, sizeof text, "%sallow *: LOG", template);
	refused(text, 2, unknown);
	snprintf(text, sizeof text, "%sallow *", template);
	refused(text, 2, unknown);
	snprintf(text, sizeof text, "%sallow * %031d", template, 1);
	refused(text, 2, "too many services, or too long a name");
	refused("route STORE", 1, "route needs a service and a child");
	refused("route STORE one two", 1, "route needs a service and a child");
	refused("route 01234567890123456789012345678901 one", 1, words);
	refused("a b c d e f g h i j k l m n o p q r s t u", 1, words);

	size_t length = (size_t)snprintf(text, sizeof text, "%s", template);
	for (int i = 0; i < CONFIG_INSTANCES; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "allow *:%d LOG\n", i);
	expect(!parse(text, &line) && config.instance_count == CONFIG_INSTANCES, "as many names as there can be");
	snprintf(text + length, sizeof text - length, "allow *:3 CPU\nallow *:one-more LOG\n");
	refused(text, CONFIG_INSTANCES + 3, "too many names of instances");
	length = (size_t)snprintf(text, sizeof text, "%s", template);
	for (int i = 0; i <= CONFIG_ALLOWED; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "allow *:pump S%d\n", i);
	refused(text, CONFIG_ALLOWED + 2, "too many services, or too long a name");
}

/* Whatever is cut off or changed: an answer, and no access that a sanitizer would see. */
static void damages_test(void)
{
	char text[sizeof sound];
	uint32_t line;
	const char *sentence;

	for (size_t size = 0; size < sizeof sound; size++)
		expect(config_parse(sound, size, &config, &line, &sentence) == OK || sentence, "a text that ends early");
	for (size_t at = 0; at < sizeof sound - 1; at++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, sound, sizeof text);
			text[at] ^= (char)(1 << bit);
			err_t err = config_parse(text, sizeof sound - 1, &config, &line, &sentence);
			expect(err == OK || (sentence && line >= 1 && line <= 14), "a text with a changed bit");
		}
}

int main(void)
{
	statements_test();
	permissions_test();
	refusals_test();
	damages_test();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
