-- +goose Up
ALTER TABLE incident ADD COLUMN gathers TEXT NOT NULL DEFAULT '' CHECK (gathers IN ('', 'storm', 'digest'));
ALTER TABLE incident ADD COLUMN within_key BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN within_generation BIGINT NOT NULL DEFAULT 0;
CREATE INDEX incident_within ON incident (within_key, within_generation) WHERE live = 1 AND within_key <> 0;
CREATE INDEX incident_unfiled ON incident (reason, severity, opened_at_us) WHERE live = 1 AND state = 'open' AND ticket_state = 'none';

-- Each incident that shares a gathering's ticket has one row, and so stands in one ticket;
-- effect_id is the effect whose text lists it, '' while none does.
CREATE TABLE listing (
    alert_key BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    within_key BIGINT NOT NULL,
    within_generation BIGINT NOT NULL,
    added_at_us BIGINT NOT NULL,
    effect_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (alert_key, generation),
    FOREIGN KEY (alert_key, generation) REFERENCES incident (alert_key, generation)
);
CREATE INDEX listing_waiting ON listing (within_key, within_generation, added_at_us) WHERE effect_id = '';
CREATE INDEX listing_told ON listing (effect_id) WHERE effect_id <> '';

-- How many incidents of a route want a ticket at the moment: incident.Crowd as JSON.
CREATE TABLE crowd (
    route TEXT PRIMARY KEY,
    state TEXT NOT NULL
);

-- Each desk's last outage. ended_at_us is 0 while it lasts; told_at_us is when the operator
-- was told of it, 0 for not (yet).
CREATE TABLE outage (
    desk TEXT PRIMARY KEY,
    began_at_us BIGINT NOT NULL,
    ended_at_us BIGINT NOT NULL,
    told_at_us BIGINT NOT NULL,
    fault TEXT NOT NULL,
    sentence TEXT NOT NULL
);
