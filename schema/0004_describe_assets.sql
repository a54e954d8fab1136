-- What an asset is, beside its symbol and price, and how it is found by name.

-- A name as it is searched: without accents and punctuation, in lower case, its
-- words apart by one space. Apostrophes go without leaving a gap: Moody's is
-- found as moodys. Only what is in every PostgreSQL is used, no extension.
CREATE FUNCTION asset_search_text(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(regexp_replace(
    lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f''’]', '', 'g')),
    '[\s!-/:-@\[-`{-~]+', ' ', 'g'));

-- 'app inc' as the search for names with a word that begins with app and one
-- that begins with inc; NULL when there is no word in it.
CREATE FUNCTION asset_search_query(query text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT string_agg('''' || word || ''':*', ' & ')
        FROM unnest(string_to_array(asset_search_text(query), ' ')) AS word
        WHERE word <> '')::tsquery;

ALTER TABLE assets
    ADD COLUMN asset_class      text,
    ADD COLUMN exchange_mic     text, -- ISO 10383
    ADD COLUMN sector           text,
    ADD COLUMN industry         text,
    ADD COLUMN country          text, -- ISO 3166-1 alpha-2 where it is known, else a name
    -- {provider: the symbol it knows the asset by}, where that is another one.
    ADD COLUMN provider_symbols jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN search_text      text GENERATED ALWAYS AS (asset_search_text(name)) STORED,
    ADD CONSTRAINT assets_asset_class_is_known
        CHECK (asset_class IN ('EQUITY', 'ETF', 'FUND', 'BOND', 'CRYPTO', 'CURRENCY', 'COMMODITY', 'INDEX', 'OTHER')),
    ADD CONSTRAINT assets_exchange_mic_is_code CHECK (exchange_mic ~ '^[A-Z0-9]{4}$'),
    ADD CONSTRAINT assets_sector_is_bounded CHECK (char_length(sector) BETWEEN 1 AND 100),
    ADD CONSTRAINT assets_industry_is_bounded CHECK (char_length(industry) BETWEEN 1 AND 100),
    ADD CONSTRAINT assets_country_is_bounded CHECK (char_length(country) BETWEEN 1 AND 100),
    ADD CONSTRAINT assets_provider_symbols_is_object
        CHECK (jsonb_typeof(provider_symbols) = 'object' AND octet_length(provider_symbols::text) <= 2000);

-- The words of names, each by its beginning. Kept at once: what is imported in
-- one go would otherwise wait in a list that every search has to go through.
CREATE INDEX assets_words_idx ON assets USING gin (array_to_tsvector(string_to_array(search_text, ' ')))
    WITH (fastupdate = off);
