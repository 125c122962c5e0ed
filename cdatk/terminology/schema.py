"""The tables of a terminology store.

The ONE rule: a change of form raises SCHEMA_VERSION, and a store of another version is refused, never guessed at.
"""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = 3
"""Stands in `PRAGMA user_version`."""

SCHEMA: Final = """
CREATE TABLE release (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, release TEXT NOT NULL, sha256 TEXT NOT NULL, imported TEXT,
  licence TEXT NOT NULL, format TEXT NOT NULL, options TEXT NOT NULL, UNIQUE (sha256, options));
CREATE TABLE release_count (
  release_id INTEGER NOT NULL REFERENCES release(id), position INTEGER NOT NULL, what TEXT NOT NULL,
  number INTEGER NOT NULL, PRIMARY KEY (release_id, position)) WITHOUT ROWID;
CREATE TABLE part (
  id INTEGER PRIMARY KEY, release_id INTEGER NOT NULL REFERENCES release(id), name TEXT NOT NULL,
  UNIQUE (release_id, name));
CREATE TABLE code_system (
  id INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, uri TEXT, source TEXT NOT NULL);
CREATE TABLE alias (
  alias TEXT PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES code_system(id)) WITHOUT ROWID;
CREATE TABLE code_system_version (
  id INTEGER PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES code_system(id), label TEXT NOT NULL,
  status TEXT NOT NULL, effective TEXT, expires TEXT, release_id INTEGER NOT NULL REFERENCES release(id),
  UNIQUE (system_id, label, release_id));
CREATE TABLE concept (
  id INTEGER PRIMARY KEY, system_id INTEGER NOT NULL REFERENCES code_system(id), code TEXT NOT NULL,
  english TEXT, status TEXT NOT NULL, listed INTEGER NOT NULL, valid_from TEXT, valid_to TEXT,
  source TEXT NOT NULL, UNIQUE (system_id, code));
CREATE INDEX concept_by_code ON concept (code);
CREATE TABLE concept_version (
  concept_id INTEGER NOT NULL REFERENCES concept(id), version_id INTEGER NOT NULL REFERENCES code_system_version(id),
  PRIMARY KEY (concept_id, version_id)) WITHOUT ROWID;
CREATE TABLE designation (
  id INTEGER PRIMARY KEY, concept_id INTEGER NOT NULL REFERENCES concept(id), text TEXT NOT NULL,
  language TEXT NOT NULL, preferred INTEGER NOT NULL, status TEXT NOT NULL, kind TEXT NOT NULL,
  source TEXT NOT NULL, release_id INTEGER NOT NULL REFERENCES release(id), part_id INTEGER REFERENCES part(id),
  line INTEGER);
CREATE INDEX designation_by_concept ON designation (concept_id, release_id);
CREATE TABLE card (
  system_id INTEGER NOT NULL REFERENCES code_system(id), code TEXT NOT NULL,
  concept_id INTEGER NOT NULL REFERENCES concept(id), content BLOB NOT NULL,
  PRIMARY KEY (system_id, code)) WITHOUT ROWID;
CREATE TABLE value_set (
  id INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, uri TEXT, current_id INTEGER);
CREATE TABLE value_set_version (
  id INTEGER PRIMARY KEY, value_set_id INTEGER NOT NULL REFERENCES value_set(id), name TEXT NOT NULL,
  label TEXT NOT NULL, status TEXT NOT NULL, effective TEXT, expires TEXT, complete INTEGER NOT NULL,
  release_id INTEGER NOT NULL REFERENCES release(id));
CREATE INDEX value_set_version_by_set ON value_set_version (value_set_id);
CREATE TABLE value_set_system (
  version_id INTEGER NOT NULL REFERENCES value_set_version(id),
  system_id INTEGER NOT NULL REFERENCES code_system(id), PRIMARY KEY (version_id, system_id)) WITHOUT ROWID;
CREATE TABLE value_set_member (
  version_id INTEGER NOT NULL REFERENCES value_set_version(id),
  concept_id INTEGER NOT NULL REFERENCES concept(id), position INTEGER NOT NULL, display TEXT,
  exception INTEGER NOT NULL, part_id INTEGER REFERENCES part(id), line INTEGER,
  PRIMARY KEY (version_id, concept_id)) WITHOUT ROWID;
CREATE INDEX member_by_concept ON value_set_member (concept_id);
CREATE TABLE association (
  id INTEGER PRIMARY KEY, source_id INTEGER NOT NULL REFERENCES concept(id),
  target_id INTEGER REFERENCES concept(id), equivalence TEXT NOT NULL, quality TEXT NOT NULL,
  status TEXT NOT NULL, source TEXT NOT NULL, release_id INTEGER NOT NULL REFERENCES release(id),
  part_id INTEGER REFERENCES part(id), line INTEGER);
CREATE INDEX association_by_source ON association (source_id);
CREATE INDEX association_by_target ON association (target_id);
"""
