-- +goose Up
-- What is known of an incident's ticket beside its status: since when (a word of the desk that is
-- older is out of date), whether a person merged it into another one, and how often it was filed
-- again after the desk had lost it.
ALTER TABLE incident ADD COLUMN ticket_known_at_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN ticket_merged BIGINT NOT NULL DEFAULT 0 CHECK (ticket_merged IN (0, 1));
ALTER TABLE incident ADD COLUMN ticket_refiled BIGINT NOT NULL DEFAULT 0;
CREATE INDEX incident_ticket ON incident (ticket_id, ticket_desk) WHERE ticket_id <> '';
CREATE INDEX incident_waiting_for_close ON incident (recovered_at_us) WHERE live = 1 AND state = 'recovered';

ALTER TABLE desk_ticket ADD COLUMN updated_at_us BIGINT NOT NULL DEFAULT 0;
UPDATE desk_ticket SET updated_at_us = CASE WHEN closed_at_us > created_at_us THEN closed_at_us ELSE created_at_us END;
CREATE INDEX desk_ticket_updated ON desk_ticket (updated_at_us);

-- What one replica at a time does: holder has it until until_us; cursor_us is how far it came.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_us BIGINT NOT NULL,
    cursor_us BIGINT NOT NULL
);
