-- Which key signed the access token that a ticket was made with: a ticket, and the
-- connection that it opened, end with that key. NULL: none of ours did.
ALTER TABLE stream_tickets
    ADD COLUMN kid text,
    ADD CONSTRAINT stream_tickets_kid_is_bounded CHECK (octet_length(kid) BETWEEN 1 AND 255);
