-- Adds to buckets that all loops share, and answers how much is taken of each
-- now: what was taken before, less what has come back since, plus the new.
--
-- KEYS  pf:rate:<table>:<key in hex>: "<taken>:<at ms>"; expires when it is full again
-- ARGV  1 units that come back a ms, 2 the most that may be taken, 3 and on: units taken, one a key
--
-- Whole units below 2^53, so that Lua's numbers are exact. A value that is not
-- of this form counts as none.

local rate, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local answer = {}
for i, key in ipairs(KEYS) do
  local taken = 0
  local kept = redis.call('GET', key)
  if kept then
    local units, at_ms = string.match(kept, '^(%d+):(%d+)$')
    if units then taken = math.max(0, units - math.max(0, now_ms - at_ms) * rate) end
  end
  taken = math.min(taken + tonumber(ARGV[i + 2]), most)
  redis.call('SET', key, string.format('%.0f:%.0f', taken, now_ms), 'PX', math.ceil(taken / rate) + 1)
  answer[i] = taken
end
return answer
