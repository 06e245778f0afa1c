-- +goose Up
-- Who may log in by password. epoch counts the passwords: a session of an earlier one is over.
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password TEXT NOT NULL,
    epoch BIGINT NOT NULL CHECK (epoch >= 1),
    created_at_us BIGINT NOT NULL,
    changed_at_us BIGINT NOT NULL
);

-- Who is logged in. id_hash is the SHA-256 of what the browser holds; kind is the way of the login.
CREATE TABLE session (
    id_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    epoch BIGINT NOT NULL,
    created_at_us BIGINT NOT NULL,
    seen_at_us BIGINT NOT NULL
);
CREATE INDEX session_seen ON session (seen_at_us);

-- How often somebody tried to log in since a moment, by name and by address, over all replicas.
CREATE TABLE login_try (
    subject TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    since_us BIGINT NOT NULL
);

-- API tokens made by docket auth token. hash is the SHA-256 of the token, which is 256 random bits.
CREATE TABLE api_token (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at_us BIGINT NOT NULL
);
