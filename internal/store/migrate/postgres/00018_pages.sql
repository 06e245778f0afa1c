-- +goose Up
-- What the console's pages filter by.
CREATE INDEX audit_log_actor ON audit_log (actor, id);
CREATE INDEX audit_log_created ON audit_log (created_at);
CREATE INDEX incident_surface ON incident (surface, opened_at_us) WHERE surface <> '';
CREATE INDEX incident_state ON incident (state, opened_at_us);
CREATE INDEX audit_log_key ON audit_log ((payload ->> 'alert_key'), id);
CREATE INDEX listing_within ON listing (within_key, within_generation, added_at_us);
