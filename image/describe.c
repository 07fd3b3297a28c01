/* SPDX-License-Identifier: MIT */
/*
 * An image as text: what it is, then one table per subject. Sums are taken while printing; nothing
 * is kept.
 */
#include "escape.h"
#include "names.h"
#include <image/describe.h>
#include <inttypes.h>
#include <kernel/thread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

/* For each record of a kind, as its structure. */
#define EACH(image, name, record)                                                                  \
	const struct image_##name *record = NULL;                                                  \
	for (uint32_t record##_n = 0; record##_n < image_count(image, IMAGE_KIND_##name) &&       \
	                              (record = image_at(image, IMAGE_KIND_##name, record##_n), 1); \
	     record##_n++)

/* In a column of `width` characters; none as "-". */
static void column_print(FILE *out, char *text, int width)
{
	const char *shown = text != NULL && text[0] ? text : "-";
	bool padded = width > 0;

	fputs(shown, out);
	for (const char *at = shown; *at; at++)
		width -= (*at & 0xc0) != 0x80;
	if (padded)
		fprintf(out, "%*s", width > 1 ? width : 1, "");
	free(text);
}

/* Print a piece. */
static void text_print(FILE *out, const void *record, uint32_t n, int width)
{
	column_print(out, image_text(record, n), width);
}

static void size_print(FILE *out, uint64_t size)
{
	if (size < 10 << 10)
		fprintf(out, "%8" PRIu64 " B  ", size);
	else if (size < 10 << 20)
		fprintf(out, "%8" PRIu64 " KiB", size >> 10);
	else
		fprintf(out, "%8" PRIu64 " MiB", size >> 20);
}

static void target_print(FILE *out, const struct image *image, uint32_t id)
{
	text_print(out, image_find(image, IMAGE_KIND_target, id), 0, 16);
}

static void header_print(const struct image *image, FILE *out)
{
	const struct image_header *header = &image->header;
	time_t seconds = (time_t)(header->created_ns / 1000000000);
	struct tm when;
	char date[32] = "?";

	if (gmtime_r(&seconds, &when) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &when);
	fprintf(out, "generation  %" PRIu64, header->generation);
	if (header->parent_generation != 0)
		fprintf(out, " after %" PRIu64, header->parent_generation);
	fprintf(out, ", %s\nmachine     %s on %s", date, image_kernel_name(header->kernel),
	        image_architecture_name(header->architecture));
	if (header->xsave_size != 0)
		fprintf(out, ", xsave mask 0x%" PRIx64 ", %u bytes", header->xsave_mask, header->xsave_size);
	fprintf(out, "\nfeatures   ");
	for (uint32_t i = 0; i < header->feature_count; i++)
		fprintf(out, " %08x", header->features[i]);
	fprintf(out, "\nsize       ");
	size_print(out, image->trailer.image_size);
	fprintf(out, ", memory ");
	size_print(out, image->trailer.memory_size);
	fprintf(out, " in %" PRIu64 " chunks, %u records\ndigest      %016" PRIx64 "%016" PRIx64 "\n",
	        image->trailer.chunk_count, image->trailer.record_count, image->trailer.digest[1],
	        image->trailer.digest[0]);
}

static void targets_print(const struct image *image, FILE *out)
{
	fprintf(out, "\nTARGET          THREADS  SLOTS  SESSIONS       RAM QUOTA  CAP QUOTA     CLOCK s  STATE\n");
	EACH(image, target, target) {
		uint32_t threads = 0, slots = 0, sessions = 0;
		EACH(image, thread, thread) threads += thread->record.target == target->record.id;
		EACH(image, capability, cap) slots += cap->record.target == target->record.id;
		EACH(image, session, session) sessions += session->record.target == target->record.id;
		text_print(out, target, 0, 16);
		fprintf(out, "%7u %6u %9u    ", threads, slots, sessions);
		size_print(out, target->ram_quota);
		fprintf(out, " %10u %7" PRIu64 ".%03" PRIu64 "  ", target->cap_quota,
		        target->clock_ns / 1000000000, target->clock_ns / 1000000 % 1000);
		column_print(out, image_state_text(target, 1), 0);
		fprintf(out, "\n");
	}
}

static void threads_print(const struct image *image, FILE *out)
{
	fprintf(out, "\nTHREAD  TARGET          NAME            STATE     FAULT        PRIORITY  CORE  UTCB\n");
	EACH(image, thread, thread) {
		fprintf(out, "%6u  ", thread->record.id);
		target_print(out, image, thread->record.target);
		text_print(out, thread, 0, 16);
		fprintf(out, "%-9s %-12s %8u  ", thread_run_name(thread->run), fault_name(thread->fault),
		        thread->priority);
		if (thread->core == AFFINITY_ANY)
			fprintf(out, " any");
		else
			fprintf(out, "%4u", thread->core);
		fprintf(out, " %5u\n", thread->utcb_index);
	}
}

static void memory_print(const struct image *image, FILE *out)
{
	fprintf(out, "\nDATASPACE  TARGET                   SIZE       STORED  ORIGIN\n");
	EACH(image, dataspace, ds) {
		uint64_t stored = 0;
		uint32_t end = image_count(image, IMAGE_KIND_extent);
		for (uint32_t n = image_first(image, IMAGE_KIND_extent, ds->record.id, 0); n < end; n++) {
			const struct image_extent *extent = image_at(image, IMAGE_KIND_extent, n);
			if (extent->record.id != ds->record.id)
				break;
			stored += extent->type == IMAGE_EXTENT_DATA ? extent->size : 0;
		}
		fprintf(out, "%9u  ", ds->record.id);
		target_print(out, image, ds->record.target);
		size_print(out, ds->size);
		fprintf(out, " ");
		size_print(out, stored);
		fprintf(out, "  %s%s", image_origin_name(ds->origin), ds->length[0] ? " " : "");
		text_print(out, ds, 0, 0);
		fprintf(out, "\n");
	}
	fprintf(out, "\nREGION MAP  ADDRESS                SIZE  RIGHTS    SOURCE\n");
	EACH(image, attachment, a) {
		char rights[9];
		fprintf(out, "%10u  0x%012" PRIx64, a->record.id, a->address);
		size_print(out, a->size);
		fprintf(out, "  %.3s       %s %u at 0x%" PRIx64 "\n", rights_name(a->rights, rights),
		        image_kind_name(a->source.kind), a->source.id, a->offset);
	}
}

static void sessions_print(const struct image *image, FILE *out)
{
	fprintf(out, "\nSESSION  TARGET          SERVICE         LABEL           STATE\n");
	EACH(image, session, session) {
		fprintf(out, "%7u  ", session->record.id);
		target_print(out, image, session->record.target);
		text_print(out, session, 0, 16);
		text_print(out, session, 1, 16);
		fprintf(out, "%u bytes\n", session->length[3]);
	}
	EACH(image, terminal, terminal)
	fprintf(out, "terminal %u: output written up to %" PRIu64 ", input read up to %" PRIu64 "\n",
	        terminal->record.id, terminal->output_offset, terminal->input_offset);
	if (image_count(image, IMAGE_KIND_file) > 0)
		fprintf(out, "\nFILE  TARGET                   SIZE  PATHS\n");
	EACH(image, file, file) {
		fprintf(out, "%4u  ", file->record.id);
		target_print(out, image, file->record.target);
		size_print(out, file->size);
		fprintf(out, "  ");
		text_print(out, file, 0, 0);
		fprintf(out, " as ");
		text_print(out, file, 1, 0);
		fprintf(out, "\n");
	}
}

static void capabilities_print(const struct image *image, FILE *out)
{
	fprintf(out, "\nTARGET            SLOT  KIND      RIGHTS       BADGE  OBJECT\n");
	EACH(image, capability, cap) {
		char rights[9];
		target_print(out, image, cap->record.target);
		fprintf(out, "%6u  %-9s %s %9u  %s %u\n", cap->record.id, kernel_kind_name(cap->kind),
		        rights_name(cap->rights, rights), cap->badge, image_kind_name(cap->object.kind),
		        cap->object.id);
	}
}

void image_describe_text(const struct image *image, FILE *out)
{
	header_print(image, out);
	targets_print(image, out);
	threads_print(image, out);
	memory_print(image, out);
	sessions_print(image, out);
	capabilities_print(image, out);
}
