"""``spark-index`` and ``import``: beyond one machine, and back."""

from __future__ import annotations

from collections.abc import Iterable

import click

from dedup.cli import options
from dedup.cli.indexing import named


@click.command("spark-index")
@click.argument("path", metavar="INPUT")
@click.option("-o", "--out", required=True, metavar="OUT", help="The folder for stages and results.")
@click.option("--originals", metavar="PATH", help="Compare the pages with these alone, as a wire agency would.")
@click.option("--master", metavar="URL", help="Where Spark runs.  [default: as spark-submit says, else local[*]]")
@click.option("--conf", multiple=True, metavar="NAME=VALUE", help="A setting of Spark; may be repeated.")
@click.option("--map", "fields", multiple=True, metavar="OURS=FIELD",
              help="Which field of the records holds what (text=content, url=link); may be repeated.")  # fmt: skip
@options.quiet
def spark_index(
    path: str, out: str, originals: str | None, master: str | None, conf: tuple[str, ...], fields: tuple[str, ...],
    quiet: bool,
) -> None:  # fmt: skip
    """Index on Apache Spark: for more pages than one machine holds, or pages in a data lake.

    INPUT is a file, a folder or a pattern on any file system that Spark knows (s3a://, hdfs://, gs://, ...): Parquet
    and JSON Lines, which are divided among tasks, and every other format that 'dedup index' reads, a file a task. The
    links are those of 'dedup index'. OUT keeps each stage: the same command again goes on from there. Take the result
    into a store with 'dedup import'.

    \b
    dedup spark-index crawl/ -o linked
    dedup spark-index s3a://lake/news/*.parquet -o s3a://lake/linked --master spark://head:7077
    dedup spark-index pages/ --originals wire/ -o linked --conf spark.driver.memory=4g
    """
    from dedup.spark import link_files, session, told

    def say(text: str) -> None:
        if not quiet:
            click.echo(text, err=True)

    spark = session(master, _pairs(conf))
    with told():
        links = link_files(spark, path, out, originals, fields=named(fields), on_stage=say)
        counts = (frame.count() for frame in (links.documents, links.stories, links.links, links.rejects))
        pages, stories, linked, refused = counts
    say(f"{pages} pages, {stories} stories, {linked} links, {refused} rejected; in {out}")


@click.command("import")
@click.argument("out", metavar="OUT")
@options.db
@options.quiet
def import_(out: str, db: str, quiet: bool) -> None:
    """Make a store of what 'dedup spark-index' left in OUT: then 'who', 'serve' and 'export' work as ever.

    The store is a new file, and there whole or not at all. OUT is a folder, or an address that pyarrow can read.

    \b
    dedup import linked --db news.db
    """
    from dedup.spark import import_run

    counts = import_run(out, db)
    if not quiet:
        told = f"{counts['documents']} documents, {counts['stories']} stories, {counts['links']} links"
        click.echo(f"{told}; in {db}", err=True)


def _pairs(conf: Iterable[str]) -> dict[str, str]:
    pairs = [told.partition("=") for told in conf]
    if wrong := next(("".join(pair) for pair in pairs if not pair[0] or not pair[1]), None):
        raise click.UsageError(f"--conf {wrong}: say which setting is what, as in --conf spark.driver.memory=4g")
    return {name: value for name, _, value in pairs}
