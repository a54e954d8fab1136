-- Where the simulated feed starts: made-up last prices of the demo's symbols, so
-- that its walks begin at believable levels. Loaded for the simulated feed only;
-- what is there already stays as it is.
INSERT INTO asset_prices (ticker_symbol, price, previous_close, currency, session, as_of, source, stale)
SELECT start.ticker_symbol, start.price, start.price, 'USD', (now() AT TIME ZONE 'UTC')::date - 1,
       now() - interval '1 day', 'simulated', true
FROM (VALUES
    ('AAPL',    228.52),
    ('AMZN',    202.61),
    ('BTC-USD', 98300.25),
    ('ETH-USD', 3330.55),
    ('GE',      177.98),
    ('GOOGL',   172.49),
    ('IBM',     214.99),
    ('JNJ',     154.17),
    ('JPM',     245.31),
    ('KO',       63.01),
    ('LTC-USD',  89.12),
    ('MSFT',    415.76),
    ('NVDA',    141.95),
    ('PG',      170.9),
    ('XOM',     120.31)
) AS start (ticker_symbol, price)
ON CONFLICT DO NOTHING;
