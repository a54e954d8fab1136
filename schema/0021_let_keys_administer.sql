-- What an administrator's key needs to add and delete customers and to read the
-- audit log: `write` is for rows.
ALTER TABLE api_keys
    DROP CONSTRAINT api_keys_scopes_are_known,
    ADD CONSTRAINT api_keys_scopes_are_known CHECK (
        scopes <@ ARRAY['read', 'write', 'stream', 'prices', 'operate', 'administer']
        AND cardinality(scopes) BETWEEN 1 AND 6 AND array_ndims(scopes) = 1);

ALTER TABLE stream_tickets
    DROP CONSTRAINT stream_tickets_scopes_are_known,
    ADD CONSTRAINT stream_tickets_scopes_are_known CHECK (
        scopes <@ ARRAY['read', 'write', 'stream', 'prices', 'operate', 'administer']
        AND cardinality(scopes) <= 6);
