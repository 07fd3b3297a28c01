# SPDX-License-Identifier: MIT
# Debian's Lua, SQLite, libuv and libevent as static programs: build/programs/lua, sqlite, uv, event.
PROGRAMS := $(addprefix $(O)/programs/,lua sqlite uv event)
# No sanitizer: they do not go with static linking.
$(O)/host/test/programs/%.o: HOST_CFLAGS := $(COMMON) -D_GNU_SOURCE $(PROGRAM_CFLAGS)
$(O)/programs/lua: PROGRAM_LIBRARIES := -l:liblua5.4.a -lm
$(O)/programs/sqlite: PROGRAM_LIBRARIES := -l:libsqlite3.a -lm
$(O)/programs/uv: PROGRAM_LIBRARIES := -l:libuv_a.a
$(O)/programs/event: PROGRAM_LIBRARIES := -l:libevent.a -l:libevent_pthreads.a
# The linker would warn of dlopen and getpwnam in the libraries, which nothing here calls.
$(O)/programs/%: $(O)/host/test/programs/%.o
	@mkdir -p $(@D)
	$(CC) -static -pthread -Wl,--no-warnings $(PROGRAM_LDFLAGS) $< $(PROGRAM_LIBRARIES) -o $@
.SECONDARY: $(patsubst $(O)/programs/%,$(O)/host/test/programs/%.o,$(PROGRAMS))
-include $(patsubst $(O)/programs/%,$(O)/host/test/programs/%.d,$(PROGRAMS))

HOST_PROGRAMS += $(PROGRAMS)
