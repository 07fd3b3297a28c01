/* SPDX-License-Identifier: MIT */
/* Parsing of the configuration, see config.h. Pure: text in, struct out. */
#include <framework/memory.h>

#include "init/config.h"

enum { WORDS = 20, WORD = 32 };

struct words {
	uint32_t count;
	char word[WORDS][WORD];
};

static const char *line_split(const char *at, const char *end, struct words *words)
{
	words->count = 0;
	while (at < end && *at != '\n' && *at != '#') {
		if (*at == ' ' || *at == '\t') {
			at++;
			continue;
		}
		uint32_t length = 0;
		if (words->count == WORDS)
			return NULL;
		while (at < end && *at != ' ' && *at != '\t' && *at != '\n') {
			if (length == WORD - 1 || !*at)
				return NULL;
			words->word[words->count][length++] = *at++;
		}
		words->word[words->count++][length] = 0;
	}
	while (at < end && *at != '\n')
		at++;
	return at < end ? at + 1 : end;
}

static bool number_read(const char *text, uint64_t *number)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (value > UINT32_MAX)
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	uint32_t shift = *text == 'K' ? 10 : *text == 'M' ? 20 : *text == 'G' ? 30 : 0;
	*number = value << shift;
	return value <= UINT64_MAX >> shift && !text[shift ? 1 : 0];
}

static bool key_is(const char *word, const char *key, const char **value)
{
	size_t length = strlen(key);
	bool is = strncmp(word, key, length) == 0;

	*value = is ? word + length : NULL;
	return is;
}

static const char *child_read(const struct words *words, struct config_child *child)
{
	uint64_t number;
	const char *value;

	if (words->count < 2)
		return "a name is missing";
	memset(child, 0, sizeof *child);
	memcpy(child->name, words->word[1], WORD);
	for (uint32_t i = 2; i < words->count; i++) {
		const char *word = words->word[i];
		if (key_is(word, "grant=", &value)) {
			memcpy(child->grant, value, strlen(value) + 1);
			continue;
		}
		bool ram = key_is(word, "ram=", &value), caps = !ram && key_is(word, "caps=", &value);
		if (!ram && !caps && !key_is(word, "slots=", &value))
			return "only ram=, caps=, slots= and grant= are known here";
		if (!number_read(value, &number) || (!ram && number > UINT32_MAX))
			return "not a number";
		if (ram)
			child->ram = number;
		else if (caps)
			child->caps = (uint32_t)number;
		else
			child->slots = (uint32_t)number;
	}
	return child->ram && child->caps && child->slots ? NULL : "ram=, caps= and slots= are needed";
}

static struct config_child *child_find(struct config *config, const char *name)
{
	if (strcmp(name, "*") == 0)
		return config->template.name[0] ? &config->template : NULL;
	for (uint32_t i = 0; i < config->child_count; i++)
		if (strcmp(config->child[i].name, name) == 0)
			return &config->child[i];
	return NULL;
}

static struct config_allowed *instance_allowed(struct config *config, const char *name)
{
	uint32_t at = 0;

	while (at < config->instance_count && strcmp(config->instance[at].name, name) != 0)
		at++;
	if (at == CONFIG_INSTANCES)
		return NULL;
	if (at == config->instance_count)
		memcpy(config->instance[config->instance_count++].name, name, strlen(name) + 1);
	return &config->instance[at].allowed;
}

static const char *allow_read(const struct words *words, struct config *config)
{
	const char *who = words->count > 2 ? words->word[1] : "", *instance;
	bool named = key_is(who, "*:", &instance);
	struct config_child *child = child_find(config, named ? "*" : who);

	if (!child || (named && !*instance))
		return "allow needs a child that is known by now, and services";
	struct config_allowed *allowed = named ? instance_allowed(config, instance) : &child->allowed;
	if (!allowed)
		return "too many names of instances";
	for (uint32_t i = 2; i < words->count; i++) {
		if (allowed->count == CONFIG_ALLOWED || strlen(words->word[i]) >= PARENT_SERVICE)
			return "too many services, or too long a name";
		memcpy(allowed->word[allowed->count++], words->word[i], PARENT_SERVICE);
	}
	return NULL;
}

static const char *statement_read(const struct words *words, struct config *config)
{
	const char *verb = words->word[0];

	if (strcmp(verb, "start") == 0) {
		if (config->child_count == CONFIG_CHILDREN)
			return "too many components";
		if (words->count > 1 && child_find(config, words->word[1]))
			return "the name is in use";
		return child_read(words, &config->child[config->child_count++]);
	}
	if (strcmp(verb, "template") == 0)
		return child_read(words, &config->template);
	if (strcmp(verb, "allow") == 0)
		return allow_read(words, config);
	if (strcmp(verb, "route") != 0)
		return "unknown statement";
	if (words->count != 3 || config->route_count == CONFIG_ROUTES || strlen(words->word[1]) >= PARENT_SERVICE)
		return "route needs a service and a child";
	struct config_route *route = &config->route[config->route_count++];
	memcpy(route->service, words->word[1], PARENT_SERVICE);
	memcpy(route->child, words->word[2], CONFIG_NAME);
	return NULL;
}

err_t config_parse(const char *text, uint64_t size, struct config *config, uint32_t *line, const char **sentence)
{
	const char *end = text + size;
	struct words words;

	memset(config, 0, sizeof *config);
	for (*line = 1; text < end; ++*line) {
		text = line_split(text, end, &words);
		*sentence = !text ? "a word is too long, or there are too many" : words.count ? statement_read(&words, config) : NULL;
		if (*sentence)
			return ERR_CORRUPT;
	}
	return OK;
}

static bool allowed_holds(const struct config_allowed *allowed, const char *service, const char *label)
{
	size_t length = strlen(service);

	for (uint32_t i = 0; i < allowed->count; i++) {
		const char *word = allowed->word[i];
		if (strncmp(word, service, length) != 0 || !(word[length] == 0 || word[length] == '='))
			continue;
		if (!word[length] || strcmp(word + length + 1, label) == 0)
			return true;
	}
	return false;
}

bool config_allows(const struct config *config, const struct config_child *child, const char *instance, const char *service,
                   const char *label)
{
	if (allowed_holds(&child->allowed, service, label))
		return true;
	for (uint32_t i = 0; instance && i < config->instance_count; i++)
		if (strcmp(config->instance[i].name, instance) == 0)
			return allowed_holds(&config->instance[i].allowed, service, label);
	return false;
}

const char *config_route(const struct config *config, const char *service)
{
	for (uint32_t i = 0; i < config->route_count; i++)
		if (strcmp(config->route[i].service, service) == 0)
			return config->route[i].child;
	return NULL;
}
