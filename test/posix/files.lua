-- Files as a Lua program uses them: modes, positions, names, temporary files.
local function show(...) print(...) end
local function fill(name, count)
	local file = assert(io.open(name, "w"))
	for i = 1, count do file:write(i, " ", i * i, "\n") end
	file:close()
end
fill("squares", 20000)
local file = io.open("squares", "r+")
show(file:seek("end"), file:seek("set", 100), file:read("l"), file:seek())
file:write("XX"); file:seek("set", 0); show(#file:read("a")); file:close()
file = io.open("squares", "a+"); file:write("last\n"); file:seek("set", 0); show(file:read("n", "n"))
show(file:seek("end")); file:close()
show(os.rename("squares", "moved"), io.open("squares"))
show(os.remove("absent"))
show(os.rename("absent", "other"))
local open = io.open("moved"); show(os.remove("moved"), #open:read("a"), io.open("moved")); open:close()
local temporary = io.tmpfile(); temporary:write("abc"); temporary:seek("set"); show(temporary:read("a"))
for line in io.lines("files.lua") do if line:find("^%-%-") then show(#line) end end
local sum = 0
for name = 1, 100 do fill("f" .. name, name) end
for name = 1, 100 do for line in io.lines("f" .. name) do sum = sum + #line end os.remove("f" .. name) end
show(sum, io.open("/absent/file", "w"))
show(io.type(io.stdout), os.getenv("HOME"), os.getenv("ABSENT"), pcall(error, "thrown"))
show(os.date("!%Y-%m-%d", 0), os.time({year = 2020, month = 1, day = 1, hour = 12}) ~= nil, os.clock() >= 0)
io.stderr:write("to the error stream\n")
local t = {} for i = 1, 200000 do t[i] = tostring(i) end show(#table.concat(t)); t = nil; collectgarbage()
show(string.rep("x", 3000000):len(), collectgarbage("count") > 0)
os.exit(5, true)
