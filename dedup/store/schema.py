"""The schema of the one SQLite file, as numbered migrations. A landed migration is never changed: add the next.

``documents.number`` is made from the id alone (see ``store.number_of``), so that the same documents give the same
rows in whatever order they came.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x64656475  # "dedu"

migrations = Migrations("dedup")


@migrations(name="0001_first_schema")
def first_schema(db: Database) -> None:
    """Documents and sketches; postings, matches; links, stories, outlets; settings and what is still to resolve."""
    for statement in _FIRST_SCHEMA:
        db.execute(statement)


@migrations(name="0002_stories_by_stand_in")
def stories_by_stand_in(db: Database) -> None:
    """Without it each document that is deleted, or told anew, reads through all stories."""
    db.execute("create index stories_stand_in on stories (stand_in)")


@migrations(name="0003_who_is_the_original")
def who_is_the_original(db: Database) -> None:
    """Roots, changes and evidence of links; what outlets were learned to do; partners; what persons said. All links
    are told anew."""
    for statement in _WHO_IS_THE_ORIGINAL:
        db.execute(statement)


@migrations(name="0005_packed_postings")
def packed_postings(db: Database) -> None:
    """What there was waits in its table, and is packed with what is posted next."""
    for statement in _PACKED_POSTINGS:
        db.execute(statement)


def newest() -> int:
    """The number of the newest migration, kept in the file as ``user_version``."""
    return len(migrations._migrations)


_FIRST_SCHEMA = (
    "create table settings (name text primary key, value text not null)",
    """create table documents (
        number integer primary key,
        id text not null unique,
        url text, title text, outlet text, site_name text,
        published text, crawled text, byline text, dateline text, language text, canonical text, origin text,
        words integer not null, body_words integer not null,
        digest text not null,
        text text not null
    )""",
    "create index documents_url on documents (url) where url is not null",
    "create index documents_outlet on documents (outlet)",
    """create table sketches (
        document integer primary key references documents (number) on delete cascade,
        signature blob not null, tokens blob not null, body text not null, numbers blob not null
    )""",
    # sqlite-utils has no option for a table without row ids, which is half the size here.
    "create table postings (key integer not null, document integer not null, primary key (key, document))"
    " without rowid",
    """create table matches (
        a integer not null references documents (number) on delete cascade,
        b integer not null references documents (number) on delete cascade,
        step text not null check (step in ('key', 'story')),
        matched_words integer not null,
        coverage_a real not null, coverage_b real not null, longest_run integer not null,
        passages text not null, edits text not null,
        primary key (a, b), check (a < b)
    )""",
    "create index matches_b on matches (b)",
    """create table links (
        copy text not null references documents (id) on delete cascade,
        original text references documents (id) on delete cascade,
        kind text not null check (kind in ('full', 'partial', 'excerpt', 'teaser', 'version')),
        coverage real not null, share real not null, matched_words integer not null, resemblance real not null,
        confidence real not null, direction text not null check (direction in ('decided', 'unknown')),
        reasons text not null, story text not null, agency text
    )""",
    "create unique index links_pair on links (copy, coalesce(original, ''), story)",
    "create index links_original on links (original)",
    "create index links_story on links (story)",
    """create table stories (
        id text primary key, original text, stand_in text not null references documents (id) on delete cascade,
        title text, agency text, copies integer not null, outlets integer not null, first_published text
    )""",
    "create table outlets (name text primary key, documents integer not null, copies integer not null,"
    " copied integer not null)",
    "create table pending (document integer primary key)",
)

_WHO_IS_THE_ORIGINAL = (
    "alter table documents add column based_on text",
    "alter table links add column root text",
    "alter table links add column changes text",
    "alter table links add column evidence text not null default '[]'",
    "alter table outlets add column decided_copies integer not null default 0",
    "alter table outlets add column decided_copied integer not null default 0",
    "alter table outlets add column habit real not null default 0",
    "alter table outlets add column names text not null default '[]'",
    # What each document's pairs were decided to be without any knowledge of outlets.
    """create table tallies (
        document integer primary key references documents (number) on delete cascade,
        copies integer not null, copied integer not null, undecided integer not null, phrases text not null
    )""",
    "create table partners (outlet text not null, source text not null, primary key (outlet, source)) without rowid",
    # By id, not by number: what a person said outlives the documents it was said of.
    """create table judgements (
        copy text not null, original text not null,
        verdict text not null check (verdict in ('copy', 'original', 'unrelated', 'unknown')),
        judged_at text not null, note text
    )""",
    "create unique index judgements_pair on judgements (min(copy, original), max(copy, original))",
    "insert or ignore into pending select a from matches union select b from matches",
)

_PACKED_POSTINGS = (
    "create table dropped_postings (key integer not null, document integer not null, primary key (key, document))"
    " without rowid",
    "create table posting_runs (run integer primary key, bits integer not null, mark_bytes integer not null,"
    " postings integer not null)",
    "create table posting_blocks (id integer primary key, crc integer not null, packed blob not null)",
    # An ordinal takes 3 bytes of a posting, where a number takes 8.
    "create table posters (ordinal integer primary key, document integer not null unique)",
    "create table posting_count (posted integer not null)",
    "insert into posting_count select count(*) from postings",
)
