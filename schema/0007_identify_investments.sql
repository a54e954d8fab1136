-- What somebody else calls a lot: the id of a trade at a broker, say. An import
-- knows by it that it has been there before.
ALTER TABLE investments
    ADD COLUMN external_id text COLLATE "C",
    ADD CONSTRAINT investments_external_id_is_bounded
        CHECK (octet_length(external_id) BETWEEN 1 AND 128 AND external_id !~ '[\u0001-\u001f\u007f]');

-- One lot of a portfolio each; also finds it.
CREATE UNIQUE INDEX investments_external_id_key ON investments (portfolio_id, external_id)
    WHERE external_id IS NOT NULL;
