-- +goose Up
-- When an alert that must come (sources[].expect) was last heard of. A row is written at
-- most a few times in each of its periods.
CREATE TABLE expected (
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    heard_at_us BIGINT NOT NULL,
    PRIMARY KEY (source, title)
);
