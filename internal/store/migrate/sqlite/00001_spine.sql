-- +goose Up
CREATE TABLE alert (
    fingerprint INTEGER NOT NULL UNIQUE,
    alert_key INTEGER NOT NULL,
    source TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    poll TEXT NOT NULL,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
    status INTEGER NOT NULL CHECK (status IN (1, 2)),
    inferred INTEGER NOT NULL CHECK (inferred IN (0, 1)),
    starts_at_us INTEGER NOT NULL,
    ends_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    said_at_us INTEGER NOT NULL,
    title TEXT NOT NULL,
    link TEXT NOT NULL,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL
);
CREATE INDEX alert_expires ON alert (expires_at_us) WHERE status = 1 AND expires_at_us > 0;
CREATE INDEX alert_polled ON alert (poll) WHERE status = 1 AND poll <> '';
CREATE INDEX alert_grouped ON alert (alert_key) WHERE alert_key <> fingerprint;

CREATE TABLE incident (
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    recipe INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'open', 'settling', 'recovered', 'closed')),
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    surface TEXT NOT NULL,
    link TEXT NOT NULL,
    route TEXT NOT NULL,
    opened_at_us INTEGER NOT NULL,
    fired_at_us INTEGER NOT NULL,
    recovered_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL,
    due_at_us INTEGER NOT NULL,
    fires INTEGER NOT NULL,
    fires_noted INTEGER NOT NULL,
    flap_noted_at_us INTEGER NOT NULL,
    recovery_noted_at_us INTEGER NOT NULL,
    doubted INTEGER NOT NULL CHECK (doubted IN (0, 1)),
    ticket_state TEXT NOT NULL CHECK (ticket_state IN ('none', 'asked', 'filed', 'closed')),
    ticket_desk TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    ticket_number TEXT NOT NULL,
    ticket_url TEXT NOT NULL,
    earlier TEXT NOT NULL,
    reason TEXT NOT NULL,
    timeline TEXT NOT NULL,
    PRIMARY KEY (alert_key, generation),
    CHECK ((state = 'closed') = (live = 0)),
    CHECK ((state = 'closed') = (closed_at_us > 0)),
    CHECK ((ticket_state IN ('filed', 'closed')) = (ticket_id <> ''))
);
CREATE UNIQUE INDEX incident_one_live ON incident (alert_key) WHERE live = 1;
CREATE INDEX incident_due ON incident (due_at_us) WHERE due_at_us > 0;
CREATE INDEX incident_opened ON incident (opened_at_us);

CREATE TABLE effect (
    effect_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('file', 'tag', 'note', 'close', 'check')),
    alert_key INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unknown', 'created', 'done', 'dropped')),
    attempt INTEGER NOT NULL,
    fails INTEGER NOT NULL,
    sent_at_us INTEGER NOT NULL,
    not_before_us INTEGER NOT NULL,
    ticket_id TEXT NOT NULL,
    text TEXT NOT NULL,
    tags TEXT NOT NULL,
    fault TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    done_at_us INTEGER NOT NULL,
    CHECK ((state IN ('done', 'dropped')) = (done_at_us > 0)),
    FOREIGN KEY (alert_key, generation) REFERENCES incident (alert_key, generation)
);
CREATE INDEX effect_unfinished ON effect (not_before_us) WHERE done_at_us = 0;
CREATE INDEX effect_of ON effect (alert_key, generation);

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY CHECK (id >= 1),
    created_at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    payload TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_id INTEGER NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (one, last_id, hash) VALUES (1, 0, '');

CREATE TABLE desk_ticket (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mark TEXT UNIQUE,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
    tags TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    closed_at_us INTEGER NOT NULL,
    CHECK ((status = 'closed') = (closed_at_us > 0))
);
CREATE TABLE desk_note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL REFERENCES desk_ticket (number),
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
);
CREATE INDEX desk_note_of ON desk_note (number, id);

CREATE TABLE flag (
    name TEXT PRIMARY KEY,
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    changed_at_us INTEGER NOT NULL,
    changed_by TEXT NOT NULL
);

CREATE TABLE pulse (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    beat_at_us INTEGER NOT NULL
);
INSERT INTO pulse (one, beat_at_us) VALUES (1, 0);
