-- +goose Up
ALTER TABLE incident ADD COLUMN acknowledged TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN told TEXT NOT NULL DEFAULT '';

-- One message to one recipient, posted once and then updated in place. alert_key and
-- generation are 0 for a message that is not about one incident.
CREATE TABLE notice (
    notice_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    notifier TEXT NOT NULL,
    recipient TEXT NOT NULL,
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    text TEXT NOT NULL,
    wanted TEXT NOT NULL,
    sending TEXT NOT NULL,
    told TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'told', 'failed')),
    attempt INTEGER NOT NULL,
    fails INTEGER NOT NULL,
    sent_at_us INTEGER NOT NULL,
    not_before_us INTEGER NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    doubts INTEGER NOT NULL,
    fault TEXT NOT NULL,
    detail TEXT NOT NULL,
    asked_at_us INTEGER NOT NULL,
    told_at_us INTEGER NOT NULL
);
CREATE INDEX notice_waiting ON notice (not_before_us) WHERE state IN ('waiting', 'sending');
CREATE INDEX notice_of ON notice (alert_key, generation);
