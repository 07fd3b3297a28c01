# SPDX-License-Identifier: MIT
# Names only, so that any build.mk may include it before it uses them. IMAGE_SOURCES (reader) and IMAGE_WRITER are
# freestanding; IMAGE_HOST (files, text, JSON) is for host programs, which link $(IMAGE_LIBRARIES).

IMAGE_SOURCES := image/kind.c image/digest.c image/reader.c image/check_record.c \
	image/check_reference.c image/check_memory.c
IMAGE_WRITER := image/writer.c
IMAGE_HOST := image/load.c image/describe.c image/describe_json.c image/escape.c image/names.c
IMAGE_LIBRARIES := -ljson-c
