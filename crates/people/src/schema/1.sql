-- Instants are milliseconds since 1970; keys are names in small letters, so that Anna and anna are one.

CREATE TABLE users (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL,
    key           TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'editor', 'admin')),
    password      TEXT NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL,
    password_at   INTEGER NOT NULL,
    last_login_at INTEGER
) STRICT;

CREATE TABLE sessions (
    digest     BLOB PRIMARY KEY CHECK (length(digest) = 32),
    user       INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user);

CREATE TABLE tokens (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL,
    key          TEXT NOT NULL,
    digest       BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    scopes       TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'editor', 'admin')),
    created_by   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
-- A name is free again once its token is revoked.
CREATE UNIQUE INDEX tokens_in_use ON tokens (key) WHERE revoked_at IS NULL;

-- Failed logins by name and by address, both hashed: people type passwords into the wrong field.
CREATE TABLE attempts (
    kind     TEXT NOT NULL CHECK (kind IN ('name', 'address')),
    digest   BLOB NOT NULL,
    failures INTEGER NOT NULL CHECK (failures > 0),
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (kind, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_age ON attempts (last_at);

CREATE TABLE audit (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    role    TEXT CHECK (role IN ('viewer', 'analyst', 'editor', 'admin')),
    action  TEXT NOT NULL,
    target  TEXT NOT NULL,
    detail  TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed'))
) STRICT;
CREATE INDEX audit_by_action ON audit (action);
CREATE INDEX audit_by_who ON audit (who);

-- Holds a row only inside the transaction that prunes, which says so in the trail itself.
CREATE TABLE audit_pruning (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    until    INTEGER NOT NULL
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is not changed');
END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is not changed');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_pruning WHERE OLD.at < until)
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is not changed');
END;

CREATE TABLE notes (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    measure    TEXT NOT NULL,
    at         TEXT NOT NULL,
    text       TEXT NOT NULL,
    who        TEXT NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_of_measure ON notes (measure, at);
