# SPDX-License-Identifier: MIT
# The image format: compiled into the RTCR, the command line and these tests; it makes no program itself.

include image/sources.mk

# The digest is the one loop here whose speed counts: 14 GB/s instead of 8.
$(O)/component/image/digest.o: COMPONENT_CFLAGS := $(filter-out $(DIGEST_WITHOUT),$(COMPONENT_CFLAGS)) -O3 -funroll-loops
$(O)/host/image/digest.o: HOST_CFLAGS += -O3 -funroll-loops

$(eval $(call test,image_test,image/test_image.c image/test_sample.c \
	$(IMAGE_SOURCES) $(IMAGE_WRITER) $(IMAGE_HOST),$(IMAGE_LIBRARIES)))
$(eval $(call test,image_scale,image/test_scale.c image/test_sample.c $(IMAGE_SOURCES) $(IMAGE_WRITER),))

# For make fuzz (test/fuzz); a seed is written by image_test.
FUZZERS += $(O)/fuzz/image_reader
$(O)/fuzz/image_reader: image/fuzz_reader.c image/test_sample.c $(IMAGE_SOURCES) $(IMAGE_WRITER) $(IMAGE_HOST)
	@mkdir -p $(@D)
	clang $(filter-out -MMD -MP,$(HOST_CFLAGS)) -fsanitize=fuzzer,address,undefined $^ \
		$(IMAGE_LIBRARIES) -o $@
