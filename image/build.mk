# SPDX-License-Identifier: MIT
# The image format. IMAGE_SOURCES and IMAGE_WRITER are freestanding: the RTCR, the command line and the tests
# compile them in. IMAGE_DESCRIBE is for host programs and needs -ljson-c.

IMAGE_SOURCES := image/kind.c image/digest.c image/reader.c image/check_record.c image/check_reference.c \
	image/check_memory.c
IMAGE_WRITER := image/writer.c
IMAGE_DESCRIBE := image/describe.c image/describe_json.c image/escape.c image/names.c

$(eval $(call test,image_test,image/test_image.c image/test_sample.c $(IMAGE_SOURCES) $(IMAGE_WRITER) \
	$(IMAGE_DESCRIBE),-ljson-c))

# make fuzz CC=clang: build/fuzz/image_reader, to be started with a corpus folder.
.PHONY: fuzz
fuzz: $(O)/fuzz/image_reader
$(O)/fuzz/image_reader: image/fuzz_reader.c image/test_sample.c $(IMAGE_SOURCES) $(IMAGE_WRITER) $(IMAGE_DESCRIBE)
	@mkdir -p $(@D)
	clang $(filter-out -MMD -MP,$(HOST_CFLAGS)) -fsanitize=fuzzer,address,undefined $^ -ljson-c -o $@
