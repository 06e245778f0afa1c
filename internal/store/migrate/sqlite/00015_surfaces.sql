-- +goose Up
-- Each surface that was ever watched; state is surface.State as JSON, read_at_us its newest
-- reading.
CREATE TABLE surface (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL DEFAULT 'unknown',
    since_us INTEGER NOT NULL DEFAULT 0,
    read_at_us INTEGER NOT NULL DEFAULT 0,
    changed_at_us INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX surface_changed ON surface (changed_at_us);

-- What probes saw, raw for two days.
CREATE TABLE reading (
    surface_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    status TEXT NOT NULL,
    latency_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (surface_id, at_us)
) WITHOUT ROWID;

-- Readings added up by minute (60), hour (3600) and day (86400) from at_us on.
CREATE TABLE reading_sum (
    span INTEGER NOT NULL,
    surface_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    operational INTEGER NOT NULL,
    degraded INTEGER NOT NULL,
    down INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    measured INTEGER NOT NULL,
    total_us INTEGER NOT NULL,
    slowest_us INTEGER NOT NULL,
    PRIMARY KEY (span, surface_id, at_us)
) WITHOUT ROWID;

-- How a tile turned, for a year.
CREATE TABLE turn (
    surface_id INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (surface_id, at_us)
) WITHOUT ROWID;
CREATE INDEX turn_at ON turn (at_us);

-- Who watches which share of the surfaces, and until when.
CREATE TABLE watch_share (
    share INTEGER PRIMARY KEY,
    watcher TEXT NOT NULL,
    until_us INTEGER NOT NULL
);
CREATE TABLE watcher (
    name TEXT PRIMARY KEY,
    seen_at_us INTEGER NOT NULL
);

-- When a job last checked in.
CREATE TABLE heartbeat (
    surface TEXT PRIMARY KEY,
    at_us INTEGER NOT NULL
);
