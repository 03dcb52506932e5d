"""The tables of the index: the log's records as they are, and what follows from them for lists and searches.

`records` is what was read. Everything else about an article can be made again from its records at any time, and is,
whenever it gets another one.
"""

TABLES = """
CREATE TABLE positions (topic TEXT, number INTEGER, next INTEGER, PRIMARY KEY (topic, number)) WITHOUT ROWID;
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, article_id TEXT UNIQUE, touched INTEGER NOT NULL DEFAULT 1,
    status TEXT, published TEXT, recorded INTEGER, summary TEXT
);
CREATE INDEX touched ON articles (touched) WHERE touched;
CREATE INDEX articles_by_time ON articles (recorded DESC) WHERE summary IS NOT NULL;
CREATE TABLE records (
    id INTEGER PRIMARY KEY, article INTEGER, topic TEXT, number INTEGER, "offset" INTEGER, leaf INTEGER,
    timestamp INTEGER, timestamp_type INTEGER, key BLOB, value BLOB, headers BLOB
);
CREATE INDEX records_of ON records (article);
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, record_id TEXT, article INTEGER, first TEXT, last TEXT, mode TEXT, status TEXT,
    recorded INTEGER, data TEXT
);
CREATE INDEX contacts_of ON contacts (article);
CREATE INDEX contacts_by_day ON contacts (first, mode, status);
CREATE INDEX contacts_by_id ON contacts (record_id);
CREATE TABLE statements (
    id INTEGER PRIMARY KEY, record_id TEXT, article INTEGER, first TEXT, kind TEXT, status TEXT, source TEXT,
    country TEXT, recorded INTEGER, data TEXT
);
CREATE INDEX statements_of ON statements (article);
CREATE INDEX statements_by_source ON statements (source);
CREATE INDEX statements_by_country ON statements (country);
CREATE INDEX statements_by_time ON statements (recorded DESC);
CREATE TABLE names (
    id INTEGER PRIMARY KEY, record_id TEXT, article INTEGER, key TEXT, type TEXT, country TEXT, data TEXT
);
CREATE INDEX names_of ON names (article);
CREATE INDEX names_by_key ON names (key, type, country);
CREATE TABLE people (
    key TEXT PRIMARY KEY, name TEXT, type TEXT, country TEXT, articles INTEGER, contacts INTEGER,
    statements INTEGER, about INTEGER, weight INTEGER
) WITHOUT ROWID;
CREATE INDEX people_by_weight ON people (weight DESC, key);
CREATE TABLE across (
    id TEXT PRIMARY KEY, row INTEGER, first TEXT, last TEXT, independent INTEGER, disputed INTEGER, data TEXT
) WITHOUT ROWID;
CREATE INDEX across_by_day ON across (first, id);
CREATE TABLE links (row INTEGER, kind TEXT, key TEXT);
CREATE INDEX links_by_key ON links (kind, key, row);
CREATE INDEX links_of ON links (row);
CREATE VIRTUAL TABLE words USING fts5 (text, kind UNINDEXED, tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE trees (
    id INTEGER PRIMARY KEY, topic TEXT, number INTEGER, first INTEGER, restored INTEGER, size INTEGER,
    UNIQUE (topic, number)
);
CREATE TABLE nodes (tree INTEGER, level INTEGER, place INTEGER, hash BLOB, PRIMARY KEY (tree, level, place))
    WITHOUT ROWID;
CREATE TABLE notes (origin TEXT, size INTEGER, note TEXT, recorded INTEGER, PRIMARY KEY (origin, size))
    WITHOUT ROWID;
"""
