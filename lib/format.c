/* SPDX-License-Identifier: MIT */
/* Text from values, see framework/format.h. */
#include <framework/format.h>
#include <framework/memory.h>

#include <stdint.h>

struct sink {
	char *to;
	size_t size, length;   /* room, and what would have been needed so far */
};

struct field {
	unsigned width, longs;
	char fill;
	int precision;         /* -1: none */
};

static void put(struct sink *sink, char c)
{
	if (sink->length + 1 < sink->size)
		sink->to[sink->length] = c;
	sink->length++;
}

static void put_text(struct sink *sink, const char *text, const struct field *field)
{
	size_t length = field->precision < 0 ? strlen(text) : strnlen(text, (size_t)field->precision);

	for (size_t i = 0; i < length; i++)
		put(sink, text[i]);
	for (size_t i = length; i < field->width; i++)
		put(sink, ' ');
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, int negative, const struct field *field)
{
	char digits[24];
	unsigned count = 0;

	do
		digits[count++] = "0123456789abcdef"[value % base];
	while (value /= base);
	if (negative && field->fill == '0')
		put(sink, '-');
	for (unsigned i = count + (negative != 0); i < field->width; i++)
		put(sink, field->fill);
	if (negative && field->fill != '0')
		put(sink, '-');
	while (count)
		put(sink, digits[--count]);
}

static const char *field_read(const char *format, struct field *field, va_list *list)
{
	*field = (struct field){.fill = ' ', .precision = -1};
	if (*format == '0') {
		field->fill = '0';
		format++;
	}
	for (; *format >= '0' && *format <= '9'; format++)
		field->width = field->width * 10 + (unsigned)(*format - '0');
	if (format[0] == '.' && format[1] == '*') {
		field->precision = va_arg(*list, int);
		format += 2;
	}
	for (; *format == 'l' || *format == 'z'; format++)
		field->longs++;
	return format;
}

static int64_t signed_take(const struct field *field, va_list *list)
{
	if (field->longs > 1)
		return va_arg(*list, long long);
	return field->longs ? va_arg(*list, long) : va_arg(*list, int);
}

static uint64_t unsigned_take(const struct field *field, va_list *list)
{
	if (field->longs > 1)
		return va_arg(*list, unsigned long long);
	return field->longs ? va_arg(*list, unsigned long) : va_arg(*list, unsigned);
}

static void put_field(struct sink *sink, char kind, const struct field *field, va_list *list)
{
	int64_t number;

	switch (kind) {
	case 'd':
		number = signed_take(field, list);
		put_number(sink, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, number < 0, field);
		return;
	case 'u': put_number(sink, unsigned_take(field, list), 10, 0, field); return;
	case 'x': put_number(sink, unsigned_take(field, list), 16, 0, field); return;
	case 'p': put_number(sink, (uintptr_t)va_arg(*list, void *), 16, 0, field); return;
	case 's': put_text(sink, va_arg(*list, const char *), field); return;
	case 'c': put(sink, (char)va_arg(*list, int)); return;
	default: put(sink, kind); return;
	}
}

int text_format_list(char *to, size_t size, const char *format, va_list list)
{
	struct sink sink = {to, size, 0};
	struct field field;
	va_list rest;

	_Static_assert(sizeof(long) == sizeof(size_t), "%zu is read as %lu");
	va_copy(rest, list);
	for (; *format; format++) {
		if (*format != '%') {
			put(&sink, *format);
			continue;
		}
		format = field_read(format + 1, &field, &rest);
		if (!*format)
			break;
		put_field(&sink, *format, &field, &rest);
	}
	va_end(rest);
	if (size)
		to[sink.length < size ? sink.length : size - 1] = 0;
	return (int)sink.length;
}

int text_format(char *to, size_t size, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int length = text_format_list(to, size, format, list);
	va_end(list);
	return length;
}

_Bool text_copy(char *to, size_t size, const char *from)
{
	size_t length = strlen(from), kept = length < size ? length : size - 1;

	memcpy(to, from, kept);
	to[kept] = 0;
	return kept == length;
}
