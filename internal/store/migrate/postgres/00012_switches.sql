-- +goose Up
ALTER TABLE flag ADD COLUMN why TEXT NOT NULL DEFAULT '';

CREATE TABLE silence (
    silence_id TEXT PRIMARY KEY,
    matchers TEXT NOT NULL,
    starts_at_us BIGINT NOT NULL,
    ends_at_us BIGINT NOT NULL,
    comment TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    -- Who ended it before its time, '' for nobody.
    expired_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX silence_ends ON silence (ends_at_us);

-- The recurring windows, and those that come once. silence.Maintenance as JSON is plan.
CREATE TABLE maintenance (
    maintenance_id TEXT PRIMARY KEY,
    plan TEXT NOT NULL,
    comment TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    -- When somebody ended it for good, 0 for not (yet), and who.
    ended_at_us BIGINT NOT NULL DEFAULT 0,
    ended_by TEXT NOT NULL DEFAULT ''
);

-- How often a flag, a silence or a window was changed: it stands beside the end of the audit
-- chain, because whoever decides about incidents reads and locks that row anyway.
ALTER TABLE audit_head ADD COLUMN switched BIGINT NOT NULL DEFAULT 0;
-- Up to which change the incidents without a ticket were asked again.
CREATE TABLE resettled (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    switched BIGINT NOT NULL
);
INSERT INTO resettled (one, switched) VALUES (1, 0);

DROP INDEX incident_unfiled; -- The next one is read for that, too.
-- What fires and has no ticket, or has something to be told to it.
CREATE INDEX incident_wanting ON incident (severity, opened_at_us, alert_key) WHERE state = 'open' AND (ticket_state = 'none' OR (ticket_state = 'filed' AND fires > fires_noted));
