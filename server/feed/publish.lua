-- Publishes a batch of quotes, all or nothing, under one number.
--
-- KEYS  pf:bus (epoch, seq, replid, fence), pf:quotes (symbol -> stored quote)
-- ARGV  1 a random epoch, used when a new one begins
--       2 the publisher's fencing number, 0 = by hand
--       3 '1': a quote without previous_close keeps the stored one, if that is in its currency
--       then ten texts a quote: symbol, price, previous_close, currency, session,
--       as_of, as_of_ms, source, stale, source_time ('' where absent); session, as_of
--       and as_of_ms all '': now, but after the stored quote, and that day's session;
--       a currency with '?' in front: the stored quote's, or else this one
-- Answers {status, epoch, seq, '1' when a number was taken, detail, stored},
-- `stored` being the quote as it is kept now when the batch has exactly one
-- (with conflict: the one that is newer).
--
-- Prices are compared and stored as the canonical text that the caller wrote:
-- Lua's numbers are doubles and would lose digits. quote_ledger.c holds the
-- same rules in C; a test compares the two.

local FIELDS_N = 10
local FIRST_QUOTE_ARG = 4
local FUTURE_MAX_MS = 5000
local CHUNK = 1000 -- quotes a command: a call of Lua takes some thousand arguments at most

-- A stored quote, which this script wrote: no text in it contains a quotation mark.
local STORED = '^{"seq":(%d+),"symbol":"[^"]*","price":([%d.]+)(.-)"currency":"([^"]*)","session":"([^"]*)"'
    .. ',"as_of":"([^"]*)","source":"[^"]*","stale":(%a+)'

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

-- Ms since 1970 as the text that the publishers write, and back: days are counted
-- in years that begin in March, so that a leap day is the last of its year.
local function time_text(ms)
    local floor = math.floor
    local days = floor(ms / 86400000)
    local rest = ms - days * 86400000
    days = days + 719468
    local cycle = floor(days / 146097)
    local day = days - cycle * 146097
    local year = floor((day - floor(day / 1460) + floor(day / 36524) - floor(day / 146096)) / 365)
    day = day - (365 * year + floor(year / 4) - floor(year / 100))
    local month = floor((5 * day + 2) / 153)
    day = day - floor((153 * month + 2) / 5) + 1
    month = month < 10 and month + 3 or month - 9
    year = year + cycle * 400 + (month <= 2 and 1 or 0)
    return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day, floor(rest / 3600000),
                         floor(rest / 60000) % 60, floor(rest / 1000) % 60, rest % 1000)
end

local function time_ms(text)
    local floor = math.floor
    local year, month, day, hour, minute, second, ms =
        text:match('^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)%.(%d+)Z$')
    month = tonumber(month)
    year = tonumber(year) - (month <= 2 and 1 or 0)
    local cycle = floor(year / 400)
    local of_cycle = year - cycle * 400
    local of_year = floor((153 * (month > 2 and month - 3 or month + 9) + 2) / 5) + day - 1
    local days = cycle * 146097 + of_cycle * 365 + floor(of_cycle / 4) - floor(of_cycle / 100) + of_year - 719468
    return ((days * 24 + hour) * 60 + minute) * 60000 + second * 1000 + ms
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

-- What is stored of each quote of the batch, false where nothing is, in few commands.
local function read_stored()
    local symbols, texts = {}, {}
    for first = FIRST_QUOTE_ARG, #ARGV, FIELDS_N do symbols[#symbols + 1] = ARGV[first] end
    for first = 1, #symbols, CHUNK do
        local part = redis.call('HMGET', quotes, unpack(symbols, first, math.min(first + CHUNK - 1, #symbols)))
        for i = 1, #part do texts[first + i - 1] = part[i] end
    end
    return texts
end

-- The members of the quote whose texts begin at ARGV[first], and the brace behind them.
local function members(first, previous_close)
    local source_time = ARGV[first + 9]
    return '"symbol":"' .. ARGV[first] .. '","price":' .. ARGV[first + 1]
        .. (previous_close ~= '' and ',"previous_close":' .. previous_close or '')
        .. ',"currency":"' .. ARGV[first + 3] .. '","session":"' .. ARGV[first + 4]
        .. '","as_of":"' .. ARGV[first + 5] .. '","source":"' .. ARGV[first + 7] .. '","stale":' .. ARGV[first + 8]
        .. (source_time ~= '' and ',"source_time":"' .. source_time .. '"' or '') .. '}'
end

local function store(symbols, texts, head)
    for first = 1, #symbols, CHUNK do
        local arguments = {}
        for i = first, math.min(first + CHUNK - 1, #symbols) do
            arguments[#arguments + 1] = symbols[i]
            arguments[#arguments + 1] = head .. texts[i]
        end
        redis.call('HSET', quotes, unpack(arguments))
    end
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
local at_ms = now_ms()
local future_ms = at_ms + FUTURE_MAX_MS
local stored = read_stored()
local seen, symbols, texts, highest_stored = {}, {}, {}, 0
for i = 1, #stored do
    local first = FIRST_QUOTE_ARG + (i - 1) * FIELDS_N
    local symbol, price, previous_close, currency = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
    local session, as_of, as_of_ms, stale = ARGV[first + 4], ARGV[first + 5], ARGV[first + 6], ARGV[first + 8]
    if seen[symbol] then
        return answer('invalid', epoch, seq, false, symbol .. ': twice in one batch')
    end
    seen[symbol] = true
    local is_unchanged, is_assumed = false, currency:sub(1, 1) == '?'
    if is_assumed then currency = currency:sub(2) end
    local known_seq, known_price, between, known_currency, known_session, known_as_of, known_stale
    if stored[i] then
        known_seq, known_price, between, known_currency, known_session, known_as_of, known_stale =
            stored[i]:match(STORED)
    end
    if as_of == '' then
        as_of_ms = known_seq and math.max(at_ms, time_ms(known_as_of) + 1) or at_ms
        as_of = time_text(as_of_ms)
        session = as_of:sub(1, 10)
        ARGV[first + 4], ARGV[first + 5] = session, as_of
    end
    if known_seq then
        if as_of < known_as_of then
            return answer('conflict', epoch, seq, false, symbol .. ': older than the stored quote',
                          #stored == 1 and stored[i] or '')
        end
        local known_close = between:match('[%d.]+') or ''
        if is_assumed then currency = known_currency end
        if previous_close == '' and keeps_previous_close and currency == known_currency then
            previous_close = known_close
        end
        is_unchanged = price == known_price and previous_close == known_close and currency == known_currency
            and session == known_session and stale == known_stale
    end
    ARGV[first + 3] = currency
    if tonumber(as_of_ms) > future_ms then
        return answer('out_of_range', epoch, seq, false, symbol .. ': more than 5 s in the future')
    end
    if is_unchanged then
        highest_stored = math.max(highest_stored, tonumber(known_seq))
    else
        symbols[#symbols + 1] = symbol
        texts[#texts + 1] = members(first, previous_close)
    end
end

if #symbols == 0 then
    return answer('ok', epoch, highest_stored, false, '', #stored == 1 and stored[1] or '')
end

seq = redis.call('HINCRBY', bus, 'seq', 1)
local head = '{"seq":' .. digits(seq) .. ','
store(symbols, texts, head)
redis.call('PUBLISH', 'pf:events', '{"epoch":"' .. epoch .. '",' .. head:sub(2)
           .. '"quotes":[{' .. table.concat(texts, ',{') .. ']}')
return answer('ok', epoch, seq, true, '', #stored == 1 and head .. texts[1] or '')
