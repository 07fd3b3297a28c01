# SPDX-License-Identifier: MIT
# The image format: freestanding sources that the RTCR, the command line and the tests compile in.

IMAGE_SOURCES := image/kind.c image/digest.c image/reader.c image/check_record.c image/check_reference.c \
	image/check_memory.c
IMAGE_WRITER := image/writer.c
