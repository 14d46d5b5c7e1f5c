"""The schema of the one SQLite file, as numbered migrations. A landed migration is never changed: add the next.

``documents.number`` is made from the id alone (see ``store.number_of``), so that the same documents give the same
rows in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database, Migrations

from dedup.store.shortening import SHORT

APPLICATION_ID = 0x64656475  # "dedu"

migrations = Migrations("dedup")


@migrations(name="0001_first_schema")
def first_schema(db: Database) -> None:
    """Documents and sketches; postings, matches; links, stories, outlets; settings and what is still to resolve."""
    _do(db, _FIRST_SCHEMA)


@migrations(name="0002_stories_by_stand_in")
def stories_by_stand_in(db: Database) -> None:
    """Without it each document that is deleted, or told anew, reads through all stories."""
    db.execute("create index stories_stand_in on stories (stand_in)")


@migrations(name="0003_who_is_the_original")
def who_is_the_original(db: Database) -> None:
    """Roots, changes and evidence of links; what outlets were learned to do; partners; what persons said. All links
    are told anew."""
    _do(db, _WHO_IS_THE_ORIGINAL)


@migrations(name="0004_rows_as_they_come")
def rows_as_they_come(db: Database) -> None:
    """Documents and sketches in the order of their arrival, and without what can be made again from the text.

    Where ``number``, a hash, was the order of the rows, each batch wrote anew nearly every page of the two tables.
    """
    for name, short in SHORT.items():
        db.register_function(short, name=name)
    _do(db, _ROWS_AS_THEY_COME)


@migrations(name="0005_packed_postings")
def packed_postings(db: Database) -> None:
    """What there was waits in its table, and is packed with what is posted next."""
    _do(db, _PACKED_POSTINGS)


@migrations(name="0006_what_pairs_are")
def what_pairs_are(db: Database) -> None:
    """What each match makes of its documents, boilerplate, and where documents stand. All links are told anew."""
    _do(db, _WHAT_PAIRS_ARE)


@migrations(name="0007_what_is_met")
def what_is_met(db: Database) -> None:
    """What pending documents share with others is to be told apart from their links."""
    db.execute("update pending set wants = wants | 8 where wants & 1")


@migrations(name="0008_files_read")
def files_read(db: Database) -> None:
    """Which files were read, and what of them was refused. ``how`` tells a file that is to be read again."""
    _do(db, _FILES_READ)


@migrations(name="0009_robots")
def robots(db: Database) -> None:
    """What a page asks of search engines, before the text."""
    _do(db, _ROBOTS)


@migrations(name="0010_documents_told")
def documents_told(db: Database) -> None:
    """What is asked of both ends of many links, beside the id that they are looked up by: a row of a document has its
    text with it, and takes eight times as long to look up."""
    db.execute("create index documents_told on documents (id, outlet, published, crawled)")


@migrations(name="0011_links_by_agency")
def links_by_agency(db: Database) -> None:
    """The agencies of links, and which of these are copies of absent originals: to read 140,000 links for it takes
    36 ms, the index 6. The query says the expression in the same words."""
    db.execute(
        "create index links_agency on links (agency, original is null and direction = 'decided'"
        " and kind in ('full', 'partial', 'version')) where agency is not null"
    )


def _do(db: Database, statements: Iterable[str]) -> None:
    for statement in statements:
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

_WHAT_PAIRS_ARE = (
    # What the match is to document a (``measure.Relation``), where keys or what both met brought the two together;
    # "asked" where a teaser did; null where their story did. Close: half of the shorter body is shared.
    "alter table matches add column relation text",
    # See ``Store.add_pending``.
    "alter table pending add column wants integer not null default 7",
    "alter table matches add column close integer not null default 0",
    """update matches set close = 2 * matched_words >= (
        select min(one.body_words, two.body_words) from documents one, documents two
        where one.number = a and two.number = b)""",
    "create index matches_close_a on matches (a, b) where step = 'key' and close",
    "create index matches_close_b on matches (b, a) where step = 'key' and close",
    "create index matches_asked on matches (b) where relation = 'asked'",
    "create index matches_proposed on matches (a)"
    " where step = 'story' and relation is not null and relation <> 'asked'",
    # Spans of tokens, as JSON. ``story`` is the lowest document that is close to this one.
    """create table boilerplate (
        document integer primary key references documents (number) on delete cascade,
        story integer not null, own text not null default '[]', marked text not null default '[]'
    )""",
    """create table stands (
        document integer primary key references documents (number) on delete cascade,
        above text not null, rootless integer not null, agency text
    )""",
    "insert or ignore into pending (document) select a from matches union select b from matches",
)

# Documents are dropped while nothing is made of what refers to them: see ``connection.require_ours``.
_ROWS_AS_THEY_COME = (
    # The text is last: what stands before a long one is read without it.
    """create table new_documents (
        number integer not null unique,
        id text not null unique,
        url text, title text, outlet text, site_name text,
        published text, crawled text, byline text, dateline text, language text, canonical text, based_on text,
        origin text,
        words integer not null, body_words integer not null,
        digest blob not null,
        text text not null
    )""",
    """insert into new_documents select number, id, url, title, outlet, site_name, published, crawled, byline, dateline,
        language, canonical, based_on, origin, words, body_words, bytes_of(digest), text from documents""",
    "drop table documents",
    "alter table new_documents rename to documents",
    # Who asks for a URL asks for an id first.
    "create index documents_url on documents (url) where url <> id",
    "create index documents_outlet on documents (outlet)",
    """create table new_sketches (
        document integer not null unique references documents (number) on delete cascade,
        signature blob not null, body text not null, numbers blob not null
    )""",
    "insert into new_sketches select document, signature, body, numbers from sketches",
    "drop table sketches",
    "alter table new_sketches rename to sketches",
    "update matches set edits = short_edits(edits) where edits <> '[]'",
    "update links set changes = short_changes(changes) where changes is not null",
    "update links set evidence = short_evidence(evidence, reasons) where evidence <> '[]'",
    # Three ids a link, which no query asks for at once.
    "drop index links_pair",
    "create index links_copy on links (copy)",
    # See ``Store.links_of_story``.
    "drop index links_story",
    "create index links_story on links (story) where story is not original",
)


_FILES_READ = (
    "create table sources (name text primary key, bytes integer not null, modified_ns integer not null,"
    " how text not null, documents integer not null)",
    "create table rejects (path text not null, line integer, problem text not null)",
    "create index rejects_path on rejects (path)",
)

# As in ``_ROWS_AS_THEY_COME``: a column that is added comes after the text.
_ROBOTS = (
    """create table new_documents (
        number integer not null unique,
        id text not null unique,
        url text, title text, outlet text, site_name text,
        published text, crawled text, byline text, dateline text, language text, canonical text, based_on text,
        robots text, origin text,
        words integer not null, body_words integer not null,
        digest blob not null,
        text text not null
    )""",
    """insert into new_documents select number, id, url, title, outlet, site_name, published, crawled, byline, dateline,
        language, canonical, based_on, null, origin, words, body_words, digest, text from documents order by rowid""",
    "drop table documents",
    "alter table new_documents rename to documents",
    "create index documents_url on documents (url) where url <> id",
    "create index documents_outlet on documents (outlet)",
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
