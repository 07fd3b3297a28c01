/* SPDX-License-Identifier: MIT */
/* A main for Debian's Lua library: runs a script file, or standard input without one. Arguments
 * after the script are in the table `arg`. Status 1 and a traceback when the script fails. */
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdio.h>
#include <stdlib.h>

static int traceback_add(lua_State *state)
{
	luaL_traceback(state, state, luaL_tolstring(state, 1, NULL), 1);
	return 1;
}

static void arguments_set(lua_State *state, int argc, char **argv)
{
	lua_createtable(state, argc, 0);
	for (int i = 1; i < argc; i++) {
		lua_pushstring(state, argv[i]);
		lua_rawseti(state, -2, i - 1);
	}
	lua_setglobal(state, "arg");
}

int main(int argc, char **argv)
{
	lua_State *state = luaL_newstate();
	int failed;

	if (!state) {
		fprintf(stderr, "lua: no memory\n");
		return 1;
	}
	luaL_openlibs(state);
	arguments_set(state, argc, argv);
	lua_pushcfunction(state, traceback_add);
	failed = luaL_loadfile(state, argc > 1 ? argv[1] : NULL);
	if (!failed)
		failed = lua_pcall(state, 0, 0, 1);
	if (failed)
		fprintf(stderr, "lua: %s\n", lua_tostring(state, -1));
	lua_close(state);
	return failed || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
