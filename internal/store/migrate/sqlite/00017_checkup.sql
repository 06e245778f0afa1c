-- +goose Up
-- What the doctor found; report is doctor.Report as JSON.
CREATE TABLE checkup (
    id INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('well', 'warned', 'ill')),
    report TEXT NOT NULL
);
CREATE INDEX checkup_at ON checkup (at_us);
