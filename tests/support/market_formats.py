"""How the vendors of market data answer, in their own forms.

Each function takes the vendor's state (support.market_server.Vendor), the path
behind the base URL and the query's parameters, and returns (status, content
type, body). What the vendors say when they refuse is in `refusal`.
"""

import datetime
import json
from decimal import Decimal

JSON = "application/json"
REFUSALS = {
    "alphavantage": {
        "throttled": (200, {"Information": "Thank you! Please consider 1 request per second."}),
        "day": (200, {"Information": "Our standard API rate limit is 25 requests per day."}),
        "invalid_key": (200, {"Error Message": "the parameter apikey is invalid or missing."}),
        "not_entitled": (200, {"Information": "Thank you! This is a premium endpoint."}),
    },
    "polygon": {
        "throttled": (429, {"status": "ERROR", "error": "You've exceeded the maximum requests per minute"}),
        "invalid_key": (401, {"status": "ERROR", "error": "Unknown API Key"}),
        "not_entitled": (403, {"status": "NOT_AUTHORIZED", "message": "You are not entitled to this data."}),
    },
    "finnhub": {
        "throttled": (429, {"error": "API limit reached. Please try again later. Remaining Limit: 0"}),
        "invalid_key": (401, {"error": "Invalid API key."}),
        "not_entitled": (403, {"error": "You don't have access to this resource."}),
    },
    "yahoo": {"throttled": (429, "Too Many Requests\r\n")},
    "coinbase": {"throttled": (429, {"message": "Public rate limit exceeded"})},
    "kraken": {"throttled": (200, {"error": ["EGeneral:Too many requests"]})},
    "ecb": {"throttled": (429, "<html>busy</html>")},
}


def refusal(vendor, kind):
    status, body = REFUSALS[vendor][kind]
    return (status, "text/plain", body) if isinstance(body, str) else answer(body, status)


def answer(body, status=200):
    """A number that is to stand as it is written is a Decimal."""
    marks = {}

    def mark(value):
        if isinstance(value, Decimal):
            key = f"\x02{len(marks)}\x02"
            marks[json.dumps(key)] = str(value)
            return key
        if isinstance(value, dict):
            return {name: mark(one) for name, one in value.items()}
        return [mark(one) for one in value] if isinstance(value, (list, tuple)) else value

    text = json.dumps(mark(body))
    for key, number in marks.items():
        text = text.replace(key, number)
    return status, JSON, text


def utc(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)


def days(first, last):
    return [datetime.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def midnight_s(day):
    return int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc).timestamp())


# --- prices ---


def alphavantage(vendor, _, query):
    function, symbol = query["function"], query.get("symbol", "")
    if function == "CURRENCY_EXCHANGE_RATE":
        price = vendor.price(f"{query['from_currency']}/{query['to_currency']}")
        price = price or vendor.price(f"{query['from_currency']}-{query['to_currency']}")
        if not price:
            return answer({"Error Message": "Invalid API call."})
        time = utc(price.as_of_ms).strftime("%Y-%m-%d %H:%M:%S")
        rate = {"5. Exchange Rate": price.price, "6. Last Refreshed": time, "7. Time Zone": "UTC"}
        return answer({"Realtime Currency Exchange Rate": rate})
    if function == "GLOBAL_QUOTE":
        price = vendor.price(symbol)
        if not price:
            return answer({"Global Quote": {}})
        quote = {"01. symbol": symbol, "05. price": price.price, "07. latest trading day": str(utc(price.as_of_ms).date())}
        return answer({"Global Quote": {**quote, "08. previous close": price.previous or "", "10. change percent": "1.0%"}})
    if function == "REALTIME_BULK_QUOTES":
        return answer({"message": "success", "data": list(alphavantage_rows(vendor, symbol.split(",")[:100]))})
    return alphavantage_history(vendor, function, query)


def alphavantage_rows(vendor, symbols):
    for symbol in symbols:
        price = vendor.price(symbol)
        if price:  # the time is New York's: four or five hours back, here always five
            time = utc(price.as_of_ms - 5 * 3600000).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
            yield {"symbol": symbol, "timestamp": time, "close": price.price, "previous_close": price.previous or ""}


def polygon(vendor, path, query):
    if path.startswith("/v2/snapshot/"):
        return answer({"status": "OK", "tickers": [row for row in polygon_rows(vendor, query["tickers"].split(","))]})
    if "/reference/" in path:
        return polygon_actions(vendor, path, query)
    ticker = path.split("/")[4]
    if "/range/" in path:
        return polygon_history(vendor, ticker, path, query)
    price = vendor.price(ticker)
    if not price:
        return answer({"ticker": ticker, "resultsCount": 0, "status": "OK"})
    bar = {"T": ticker, "v": 95595226.0, "c": Decimal(price.price), "t": price.as_of_ms}
    return answer({"ticker": ticker, "resultsCount": 1, "adjusted": False, "results": [bar], "status": "OK"})


def polygon_rows(vendor, tickers):
    for ticker in tickers:
        price = vendor.price(ticker)
        if price:
            close = Decimal(price.price)
            trade = {"c": None, "p": close, "t": price.as_of_ms * 1000000}
            previous = {"c": Decimal(price.previous or price.price)}
            yield {"ticker": ticker, "day": {"c": close}, "lastTrade": trade, "prevDay": previous}


def finnhub(vendor, _, query):
    price = vendor.price(query["symbol"])
    if not price:
        return answer({"c": 0, "d": None, "dp": None, "h": 0, "l": 0, "o": 0, "pc": 0, "t": 0})
    return answer({"c": Decimal(price.price), "pc": Decimal(price.previous or "0"), "t": price.as_of_ms // 1000})


def yahoo(vendor, path, query):
    symbol = path.rpartition("/")[2]
    if "period1" in query:
        return yahoo_history(vendor, symbol, query)
    price = vendor.price(symbol)
    if not price:
        error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
        return answer({"chart": {"result": None, "error": error}}, 404)
    meta = {"currency": price.currency, "symbol": symbol, "regularMarketTime": price.as_of_ms // 1000, "gmtoffset": 0}
    meta |= {"regularMarketPrice": Decimal(price.price), "chartPreviousClose": Decimal(price.previous or price.price)}
    return answer({"chart": {"result": [{"meta": meta}], "error": None}})


def coinbase(vendor, path, query):
    product = path.split("/")[2]
    if path.endswith("/candles"):
        return coinbase_history(vendor, product, query)
    price = vendor.price(product)
    if not price:
        return answer({"message": "NotFound"}, 404)
    return answer({"trade_id": 1, "price": price.price, "time": utc(price.as_of_ms).isoformat().replace("+00:00", "Z")})


def kraken_key(pair):
    """As it renames them: XBTUSD is XXBTZUSD, EURUSD is ZEURZUSD, SOLUSD stays."""
    base, quote = pair[:-3], pair[-3:]
    if base in ("XBT", "ETH", "XDG"):
        return f"X{base}Z{quote}"
    return f"Z{base}Z{quote}" if base in ("EUR", "USD", "GBP") else pair


def kraken(vendor, path, query):
    pairs = query["pair"].split(",")
    if any(not vendor.price(pair) and pair not in vendor.bar_names() for pair in pairs):
        return answer({"error": ["EQuery:Unknown asset pair"]})  # one fails all
    if path.endswith("/OHLC"):
        return kraken_history(vendor, pairs[0], query)
    result = {}
    for pair in pairs:
        price = vendor.price(pair)
        result[kraken_key(pair)] = {"c": [price.price, "0.1"], "o": price.previous or "0"}
    return answer({"error": [], "result": result})


def ecb(vendor, path, _):
    """Every pair with EUR: its price today, its previous close the day before; in the history its bars too."""
    quote, lines, rates = ("'" if "daily" in path else '"'), [], {}  # rates: {day: {currency: rate}}
    today = utc(vendor.market.now_ms()).date()
    for name, price in vendor.market.prices.items():
        for day, rate in ((today, price.price), (today - datetime.timedelta(1), price.previous)):
            if name.startswith("EUR/") and rate:
                rates.setdefault(day, {})[name[4:]] = rate
    for name, bars in vendor.market.bars.items():
        for bar in bars if "-hist" in path and name.startswith("EUR/") else ():
            rates.setdefault(bar.date, {})[name[4:]] = bar.close
    for day in sorted(rates, reverse=True):
        lines.append(f"<Cube time={quote}{day}{quote}>")
        lines += [f"<Cube currency={quote}{code}{quote} rate={quote}{rate}{quote}/>" for code, rate in sorted(rates[day].items())]
        lines.append("</Cube>")
    body = '<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope><Cube>' + "\n".join(lines) + "</Cube></gesmes:Envelope>"
    return 200, "text/xml", body


# --- histories: rows of a market's bars, as traded ---


def alphavantage_history(vendor, function, query):
    bars = vendor.bars(query.get("symbol") or f"{query['from_symbol']}/{query['to_symbol']}")
    if not bars:
        return answer({"Error Message": "Invalid API call."})
    bars = bars[-100:] if query["outputsize"] == "compact" else bars
    rows, is_full = {}, function.endswith("ADJUSTED")
    for bar in reversed(bars):
        row = {"1. open": str(bar.open), "2. high": str(bar.high), "3. low": str(bar.low), "4. close": str(bar.close)}
        row["6. volume" if is_full else "5. volume"] = str(bar.volume)
        if is_full:
            row |= {"7. dividend amount": str(bar.dividend), "8. split coefficient": str(bar.split)}
        rows[str(bar.date)] = row
    return answer({"Time Series FX (Daily)" if function == "FX_DAILY" else "Time Series (Daily)": rows})


def polygon_history(vendor, ticker, path, query):
    first, last = [datetime.date.fromisoformat(text) for text in path.split("/")[-2:]]
    assert query["adjusted"] == "false"
    rows = [
        {"o": bar.open, "h": bar.high, "l": bar.low, "c": bar.close, "v": bar.volume, "t": (midnight_s(bar.date) + 14400) * 1000}
        for bar in vendor.bars(ticker)
        if first <= bar.date <= last
    ]
    body = {"ticker": ticker, "adjusted": False, "resultsCount": len(rows), "status": "OK", "results": rows[: vendor.page_n]}
    if len(rows) > vendor.page_n:
        body["next_url"] = "https://elsewhere.invalid/?cursor=x"
    return answer(body)


def polygon_actions(vendor, path, query):
    ticker, rows = query["ticker"], []
    if path.endswith("/splits"):
        for date, ratio in vendor.splits(ticker):
            to, of = Decimal(ratio).as_integer_ratio()
            if str(date) >= query["execution_date.gte"]:
                rows.append({"execution_date": str(date), "split_from": of, "split_to": to, "ticker": ticker})
    else:
        for bar in vendor.bars(ticker):
            if bar.dividend and str(bar.date) >= query["ex_dividend_date.gte"]:
                paid = {"cash_amount": bar.dividend, "currency": "USD", "dividend_type": "CD"}
                rows.append({**paid, "ex_dividend_date": str(bar.date), "ticker": ticker})
    return answer({"results": rows, "status": "OK", "request_id": "x"})


def yahoo_history(vendor, symbol, query):
    """Divided by what was split later, as its `quote` is."""
    bars = [bar for bar in vendor.bars(symbol) if midnight_s(bar.date) + 86400 > int(query["period1"])]
    if not vendor.bars(symbol):
        return answer({"chart": {"result": None, "error": {"code": "Not Found", "description": "x"}}}, 404)
    factor, columns = Decimal(1), {"open": [], "high": [], "low": [], "close": [], "volume": []}
    events, times = {"dividends": {}, "splits": {}}, []
    for bar in reversed(bars):
        time = midnight_s(bar.date) + 48600
        times.insert(0, time)
        for name in ("open", "high", "low", "close"):
            columns[name].insert(0, (getattr(bar, name) / factor).quantize(Decimal("1e-12")))
        columns["volume"].insert(0, int(bar.volume * factor))
        if bar.dividend:
            events["dividends"][str(time)] = {"amount": (bar.dividend / factor).quantize(Decimal("1e-12")), "date": time}
        if bar.split != 1:
            events["splits"][str(time)] = {"date": time, "numerator": bar.split, "denominator": Decimal("1.0")}
            factor *= bar.split
    meta = {"currency": "USD", "symbol": symbol, "gmtoffset": -18000, "regularMarketTime": vendor.market.now_ms() // 1000}
    result = {"meta": meta, "timestamp": times, "events": events, "indicators": {"quote": [columns]}}
    return answer({"chart": {"result": [result], "error": None}})


def coinbase_history(vendor, product, query):
    first, last = [datetime.date.fromisoformat(query[name][:10]) for name in ("start", "end")]
    rows = [bar for bar in vendor.bars(product) if first <= bar.date <= last]
    assert len(days(first, last)) <= 300, "more than a page"
    if not vendor.bars(product):
        return answer({"message": "NotFound"}, 404)
    return answer([[midnight_s(bar.date), bar.low, bar.high, bar.open, bar.close, bar.volume] for bar in reversed(rows)])


def kraken_history(vendor, pair, query):
    rows = [
        [midnight_s(bar.date), str(bar.open), str(bar.high), str(bar.low), str(bar.close), "0", str(bar.volume), 1]
        for bar in vendor.bars(pair)
        if midnight_s(bar.date) > int(query["since"])
    ][:720]
    return answer({"error": [], "result": {kraken_key(pair): rows, "last": rows[-1][0] if rows else 0}})


FORMATS = {
    "alphavantage": alphavantage,
    "polygon": polygon,
    "finnhub": finnhub,
    "yahoo": yahoo,
    "coinbase": coinbase,
    "kraken": kraken,
    "ecb": ecb,
}
