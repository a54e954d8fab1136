-- Publishes a batch of quotes, all or nothing, under one number.
--
-- KEYS  pf:bus (epoch, seq, replid, fence), pf:quotes (symbol -> stored quote)
-- ARGV  1 a random epoch, used when a new one begins
--       2 the publisher's fencing number, 0 = by hand
--       3 '1': a quote without previous_close keeps the stored one
--       then ten texts a quote, in the order of FIELDS
-- Answers {status, epoch, seq, '1' when a number was taken, detail, stored},
-- `stored` being the quote as it is kept now when the batch has exactly one
-- (with conflict: the one that is newer).
--
-- Prices are compared and stored as the canonical text that the caller wrote:
-- Lua's numbers are doubles and would lose digits. quote_ledger.c holds the
-- same rules in C; a test compares the two.

local FIELDS = { 'symbol', 'price', 'previous_close', 'currency', 'session',
                 'as_of', 'as_of_ms', 'source', 'stale', 'source_time' }
local FIRST_QUOTE_ARG = 4
local FUTURE_MAX_MS = 5000

local bus, quotes = KEYS[1], KEYS[2]
local candidate_epoch, fence, keeps_previous_close = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'

-- Redis before 7 refuses writes after TIME without this.
if redis.replicate_commands then redis.replicate_commands() end

local function digits(n) return string.format('%.0f', n) end

local function answer(status, epoch, seq, changed, detail, stored)
    return { status, epoch, digits(seq), changed and '1' or '0', detail, stored or '' }
end

local function now_ms()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- A restart or a failover gives Redis another replication id, and may have
-- lost numbers that somebody has seen: those can only be told apart by a new epoch.
local function current_epoch(stored_fence)
    local replid = redis.call('INFO', 'replication'):match('master_replid:(%x+)') or ''
    local epoch, seq, known_replid = unpack(redis.call('HMGET', bus, 'epoch', 'seq', 'replid'))
    if epoch and seq and known_replid == replid then
        return epoch, tonumber(seq)
    end
    redis.call('DEL', quotes)
    redis.call('HSET', bus, 'epoch', candidate_epoch, 'seq', '0', 'replid', replid,
               'fence', digits(math.max(stored_fence, fence)))
    return candidate_epoch, 0
end

local function read_quote(first)
    local quote = {}
    for i, name in ipairs(FIELDS) do quote[name] = ARGV[first + i - 1] end
    return quote
end

-- Takes a stored quote apart; no text in it contains a quotation mark.
local function read_stored(text)
    return {
        seq = tonumber(text:match('"seq":(%d+)')),
        price = text:match('"price":([%d.]+)'),
        previous_close = text:match('"previous_close":([%d.]+)') or '',
        currency = text:match('"currency":"([^"]*)"'),
        session = text:match('"session":"([^"]*)"'),
        as_of = text:match('"as_of":"([^"]*)"'),
        stale = text:match('"stale":(%a+)'),
    }
end

local function is_unchanged(stored, quote)
    return stored.price == quote.price and stored.previous_close == quote.previous_close
        and stored.currency == quote.currency and stored.session == quote.session
        and stored.stale == quote.stale
end

local function members(quote)
    local text = '"symbol":"' .. quote.symbol .. '","price":' .. quote.price
    if quote.previous_close ~= '' then text = text .. ',"previous_close":' .. quote.previous_close end
    text = text .. ',"currency":"' .. quote.currency .. '","session":"' .. quote.session
        .. '","as_of":"' .. quote.as_of .. '","source":"' .. quote.source .. '","stale":' .. quote.stale
    if quote.source_time ~= '' then text = text .. ',"source_time":"' .. quote.source_time .. '"' end
    return text
end

local stored_fence = tonumber(redis.call('HGET', bus, 'fence') or '0') or 0
if fence > 0 and fence < stored_fence then
    local epoch, seq = unpack(redis.call('HMGET', bus, 'epoch', 'seq'))
    return answer('precondition', epoch or '', tonumber(seq or '0'), false,
                  'fencing number ' .. digits(fence) .. ' is older than ' .. digits(stored_fence))
end

local epoch, seq = current_epoch(stored_fence)
if #ARGV < FIRST_QUOTE_ARG then
    return answer('ok', epoch, seq, false, '')
end

-- First everything is checked, then everything is written.
local future_ms = now_ms() + FUTURE_MAX_MS
local seen, changed, highest_stored, last_stored = {}, {}, 0, ''
local quotes_n = (#ARGV - FIRST_QUOTE_ARG + 1) / #FIELDS
for first = FIRST_QUOTE_ARG, #ARGV, #FIELDS do
    local quote = read_quote(first)
    if seen[quote.symbol] then
        return answer('invalid', epoch, seq, false, quote.symbol .. ': twice in one batch')
    end
    seen[quote.symbol] = true
    local text = redis.call('HGET', quotes, quote.symbol)
    local stored = text and read_stored(text)
    if stored and quote.as_of < stored.as_of then
        return answer('conflict', epoch, seq, false, quote.symbol .. ': older than the stored quote',
                      quotes_n == 1 and text or '')
    end
    if tonumber(quote.as_of_ms) > future_ms then
        return answer('out_of_range', epoch, seq, false, quote.symbol .. ': more than 5 s in the future')
    end
    if stored and quote.previous_close == '' and keeps_previous_close then
        quote.previous_close = stored.previous_close
    end
    if stored and is_unchanged(stored, quote) then
        highest_stored = math.max(highest_stored, stored.seq)
        last_stored = text
    else
        changed[#changed + 1] = quote
    end
end

if #changed == 0 then
    return answer('ok', epoch, highest_stored, false, '', quotes_n == 1 and last_stored or '')
end

seq = redis.call('HINCRBY', bus, 'seq', 1)
local objects = {}
for i, quote in ipairs(changed) do
    local text = members(quote)
    last_stored = '{"seq":' .. digits(seq) .. ',' .. text .. '}'
    redis.call('HSET', quotes, quote.symbol, last_stored)
    objects[i] = '{' .. text .. '}'
end
redis.call('PUBLISH', 'pf:events', '{"epoch":"' .. epoch .. '","seq":' .. digits(seq)
           .. ',"quotes":[' .. table.concat(objects, ',') .. ']}')
return answer('ok', epoch, seq, true, '', quotes_n == 1 and last_stored or '')
