-- SPDX-License-Identifier: MIT
-- About three seconds of tables, strings, closures, coroutines and floating point in eighty rounds.
-- Each round prints a line that depends on all rounds before it. ROUNDS may be given.
local rounds = tonumber(arg[1]) or 80
local state = 1

local function random(limit)
  state = (state * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff
  return (state >> 24) % limit + 1
end

local function sieve(limit)
  local composite, count = {}, 0
  for number = 2, limit do
    if not composite[number] then
      count = count + 1
      for multiple = number * number, limit, number do composite[multiple] = true end
    end
  end
  return count
end

local words = {}
for round = 1, rounds do
  local numbers, length, total = {}, 0, 0.0
  for i = 1, 30000 do numbers[i] = random(1000000) end
  table.sort(numbers)
  for i = 1, #numbers do total = total + math.sqrt(numbers[i]) / i end
  for i = 1, 12000 do
    local key = string.format("w%05x", random(20000))
    words[key] = (words[key] or "") .. string.char(96 + random(26))
  end
  for _, word in pairs(words) do length = length + #word end
  local steps = coroutine.wrap(function() for i = 1, 50000 do coroutine.yield(i * i % 7) end return 0 end)
  local sum = 0
  for _ = 1, 50000 do sum = sum + steps() end
  print(string.format("round %2d: middle %d total %.9f words %d primes %d sum %d", round,
    numbers[#numbers // 2], total, length, sieve(60000 + round), sum))
  io.stdout:flush()
end
