"""The tables of `labtop.db`, and the ordered migrations that bring every older database up to date."""

import sqlite3

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE configurations (
        id INTEGER PRIMARY KEY,            -- made of its hash
        base INTEGER,                      -- the one that this one is told by, NULL where it is told whole
        config TEXT NOT NULL               -- JSON of the settings, those alone that differ from the base
    );
    CREATE INDEX configurations_by_base ON configurations (base);
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        configuration INTEGER NOT NULL REFERENCES configurations (id),
        dataset TEXT NOT NULL,             -- as the configuration has it: a leaderboard is of one
        seed INTEGER NOT NULL,
        digests TEXT NOT NULL DEFAULT '{}',
        status TEXT NOT NULL,
        position INTEGER NOT NULL,         -- place in the queue, lowest first
        requires_gpu INTEGER NOT NULL DEFAULT 0,
        time_limit REAL NOT NULL DEFAULT 0, -- minutes, 0 for none
        on_nan TEXT NOT NULL DEFAULT 'fail',
        folder TEXT NOT NULL DEFAULT '',
        device_wish TEXT NOT NULL DEFAULT 'auto',
        max_attempts INTEGER NOT NULL DEFAULT 3,
        waits_for TEXT NOT NULL DEFAULT '',
        stop TEXT NOT NULL DEFAULT '',     -- epoch or now, once somebody asked
        event_offset INTEGER NOT NULL DEFAULT 0,
        fruitless INTEGER NOT NULL DEFAULT 0, -- attempts in a row that committed nothing
        attempts INTEGER NOT NULL DEFAULT 0,
        epoch INTEGER NOT NULL DEFAULT 0,
        epochs INTEGER NOT NULL,
        best_epoch INTEGER,
        test_accuracy REAL, test_loss REAL,
        val_accuracy REAL, val_loss REAL,
        accuracy REAL, loss REAL,
        seconds REAL NOT NULL DEFAULT 0,
        parameters INTEGER,
        misclassified INTEGER,
        device TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        exact INTEGER NOT NULL DEFAULT 1,
        ended REAL
    );
    CREATE INDEX jobs_by_status ON jobs (status, position);
    CREATE INDEX jobs_by_configuration ON jobs (configuration);
    -- Holds all that ranking looks at, so that a leaderboard of many jobs never reads their whole rows.
    CREATE INDEX jobs_done ON jobs (
        dataset, id, configuration, seed, test_accuracy, test_loss, val_accuracy, val_loss, accuracy, loss,
        misclassified, epoch, seconds, parameters, status
    ) WHERE status = 'done';
    -- Every value that a setting, or the seed, has in the finished jobs of a data set; under no name, all their names.
    CREATE TABLE varieties (
        dataset TEXT NOT NULL,
        setting TEXT NOT NULL,
        value TEXT NOT NULL,               -- JSON
        PRIMARY KEY (dataset, setting, value)
    ) WITHOUT ROWID;
    CREATE TABLE membership (
        queue_file TEXT NOT NULL,
        experiment TEXT NOT NULL,
        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL,          -- order of submission
        PRIMARY KEY (queue_file, experiment, job_id)
    ) WITHOUT ROWID;
    CREATE INDEX membership_by_job ON membership (job_id, ordinal);
    CREATE TABLE epochs (
        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        loss REAL, accuracy REAL, val_loss REAL, val_accuracy REAL, learning_rate REAL,
        seconds REAL NOT NULL,
        PRIMARY KEY (job_id, epoch)
    ) WITHOUT ROWID;
    CREATE TABLE attempts (
        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        started REAL NOT NULL,
        ended REAL,
        outcome TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL,
        resumed_epoch INTEGER NOT NULL,
        exact INTEGER NOT NULL,
        inexact TEXT NOT NULL,
        environment TEXT NOT NULL,
        PRIMARY KEY (job_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE requests (
        name TEXT PRIMARY KEY,
        verb TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE submissions (
        request TEXT NOT NULL,
        ordinal INTEGER NOT NULL,
        job_id TEXT NOT NULL,
        fresh INTEGER NOT NULL,            -- 1 where this request put the job into the queue
        PRIMARY KEY (request, ordinal)
    ) WITHOUT ROWID;
    """,
    """
    -- Which states of a data set and of code there are at all, and whose jobs are of one of several.
    CREATE INDEX jobs_by_digests ON jobs (dataset, digests) WHERE status = 'done';
    """,
)


def version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, until: int = len(MIGRATIONS)) -> None:
    """Run the migrations that the database has not seen, each in a transaction of its own, up to version `until`."""
    for number in range(version(connection), until):
        connection.executescript(f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")
