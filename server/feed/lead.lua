-- Takes or renews the leader's lock and answers our fencing number, '0' while
-- another leads.
--
-- KEYS  pf:leader (the leader's token, expires), pf:bus (fence)
-- ARGV  1 our token, 2 how long it holds in ms, 3 the last fencing number we had
--
-- The number only grows: who led before and comes back late is refused by the
-- publish script. It survives pf:bus being lost as far as we remember it.

local leader, bus = KEYS[1], KEYS[2]
local token, ttl_ms, last_fence = ARGV[1], ARGV[2], tonumber(ARGV[3])

local function digits(n) return string.format('%.0f', n) end

local holder = redis.call('GET', leader)
if holder and holder ~= token then return '0' end

local fence = math.max(tonumber(redis.call('HGET', bus, 'fence') or '0') or 0, last_fence)
if not holder then fence = fence + 1 end
redis.call('HSET', bus, 'fence', digits(fence))
redis.call('SET', leader, token, 'PX', ttl_ms)
return digits(fence)
