-- Demo data of ./dev run: two customers, four portfolios. Loaded at every run;
-- what is there already stays as it is.

INSERT INTO customers (customer_id, name, email) VALUES
    ('5e5e0000-0000-4000-8000-0000000000a1', 'Ada Example', 'ada@example.com'),
    ('5e5e0000-0000-4000-8000-0000000000a2', 'Grace Sample', 'grace@example.com')
ON CONFLICT DO NOTHING;

INSERT INTO portfolios (portfolio_id, customer_id, portfolio_name, portfolio_type, base_currency, cash_balance) VALUES
    ('5e5e0000-0000-4000-8000-000000000001', '5e5e0000-0000-4000-8000-0000000000a1', 'Growth', 'BROKERAGE', 'USD', 2500.75),
    ('5e5e0000-0000-4000-8000-000000000002', '5e5e0000-0000-4000-8000-0000000000a1', 'Retirement', 'ROTH_IRA', 'USD', 12000),
    ('5e5e0000-0000-4000-8000-000000000003', '5e5e0000-0000-4000-8000-0000000000a2', 'Crypto', 'OTHER', 'USD', 0),
    ('5e5e0000-0000-4000-8000-000000000004', '5e5e0000-0000-4000-8000-0000000000a2', 'Dividends', '401K', 'USD', 845.1)
ON CONFLICT DO NOTHING;

INSERT INTO assets (ticker_symbol, name, currency, asset_class, exchange_mic, sector, country) VALUES
    ('AAPL', 'Apple Inc.', 'USD', 'EQUITY', 'XNAS', 'Information Technology', 'US'),
    ('AMZN', 'Amazon.com, Inc.', 'USD', 'EQUITY', 'XNAS', 'Consumer Discretionary', 'US'),
    ('BTC-USD', 'Bitcoin', 'USD', 'CRYPTO', NULL, NULL, NULL),
    ('ETH-USD', 'Ether', 'USD', 'CRYPTO', NULL, NULL, NULL),
    ('GE', 'General Electric', 'USD', 'EQUITY', 'XNYS', 'Industrials', 'US'),
    ('GOOGL', 'Alphabet Inc.', 'USD', 'EQUITY', 'XNAS', 'Communication Services', 'US'),
    ('IBM', 'International Business Machines', 'USD', 'EQUITY', 'XNYS', 'Information Technology', 'US'),
    ('JNJ', 'Johnson & Johnson', 'USD', 'EQUITY', 'XNYS', 'Health Care', 'US'),
    ('JPM', 'JPMorgan Chase & Co.', 'USD', 'EQUITY', 'XNYS', 'Financials', 'US'),
    ('KO', 'The Coca-Cola Company', 'USD', 'EQUITY', 'XNYS', 'Consumer Staples', 'US'),
    ('LTC-USD', 'Litecoin', 'USD', 'CRYPTO', NULL, NULL, NULL),
    ('MSFT', 'Microsoft Corporation', 'USD', 'EQUITY', 'XNAS', 'Information Technology', 'US'),
    ('NVDA', 'NVIDIA Corporation', 'USD', 'EQUITY', 'XNAS', 'Information Technology', 'US'),
    ('PG', 'The Procter & Gamble Company', 'USD', 'EQUITY', 'XNYS', 'Consumer Staples', 'US'),
    ('XOM', 'Exxon Mobil Corporation', 'USD', 'EQUITY', 'XNYS', 'Energy', 'US')
-- Of an asset that an earlier run or a price made, what is not known yet is filled in.
ON CONFLICT (ticker_symbol) DO UPDATE SET
    name = coalesce(assets.name, excluded.name),
    currency = coalesce(assets.currency, excluded.currency),
    asset_class = coalesce(assets.asset_class, excluded.asset_class),
    exchange_mic = coalesce(assets.exchange_mic, excluded.exchange_mic),
    sector = coalesce(assets.sector, excluded.sector),
    country = coalesce(assets.country, excluded.country);

INSERT INTO investments (investment_id, portfolio_id, ticker_symbol, quantity, purchase_price, fee, purchase_date)
SELECT ('5e5e0000-0000-4000-9000-0000000000' || lpad(lot.number::text, 2, '0'))::uuid,
       ('5e5e0000-0000-4000-8000-00000000000' || lot.portfolio)::uuid,
       lot.ticker_symbol, lot.quantity, lot.purchase_price, lot.fee, lot.purchase_date::date
FROM (VALUES
    ( 1, 1, 'AAPL',    40,         152.37,   1.99, '2023-02-16'),
    ( 2, 1, 'AAPL',    15.5,       189.84,   1.99, '2024-01-12'),
    ( 3, 1, 'MSFT',    22,         271.32,   1.99, '2023-02-22'),
    ( 4, 1, 'NVDA',    120,         46.16,   0,    '2023-08-24'),
    ( 5, 1, 'AMZN',    60,         130.22,   1.99, '2023-07-03'),
    ( 6, 1, 'GOOGL',   45.25,      124.64,   1.99, '2023-06-13'),
    ( 7, 2, 'MSFT',    10,         246.27,   0,    '2023-01-26'),
    ( 8, 2, 'JPM',     35,         141.09,   0,    '2023-05-18'),
    ( 9, 2, 'JNJ',     28.75,      158.21,   0,    '2023-11-30'),
    (10, 2, 'AAPL',    12,         170.33,   0,    '2023-09-26'),
    (11, 3, 'BTC-USD',  0.3841527, 26840.5, 12.5,  '2023-09-20'),
    (12, 3, 'BTC-USD',  0.05,      42580.11, 4.2,  '2024-01-02'),
    (13, 3, 'ETH-USD',  4.2075,     1850.43, 9.9,  '2023-08-01'),
    (14, 3, 'LTC-USD', 31.50000001,   72.18, 3,    '2023-10-16'),
    (15, 4, 'KO',     110,          58.93,   4.95, '2023-12-15'),
    (16, 4, 'PG',      40,         146.4,    4.95, '2023-12-22'),
    (17, 4, 'XOM',     62,         102.99,   4.95, '2024-01-30'),
    (18, 4, 'IBM',     25,         163.55,   4.95, '2023-12-29'),
    (19, 4, 'GE',      30.125,     126.6,    4.95, '2023-12-18'),
    (20, 4, 'JNJ',     18,         156.74,   4.95, '2023-12-29')
) AS lot (number, portfolio, ticker_symbol, quantity, purchase_price, fee, purchase_date)
ON CONFLICT DO NOTHING;
