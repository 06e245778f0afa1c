-- +goose Up
ALTER TABLE incident ADD COLUMN inquiry TEXT NOT NULL DEFAULT '';
