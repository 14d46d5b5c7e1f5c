"""Files and streams become documents: the formats that scrapers leave behind, read without configuration.

One bad record never ends a run: it is handed to ``on_reject`` and reading goes on. Only what is wrong with the
path that was asked for raises :class:`~dedup.model.CorpusError`.
"""

from dedup.corpus.files import Extractor, Options
from dedup.corpus.judged import read_judgements
from dedup.corpus.labels import read_labels
from dedup.corpus.partners import read_partners
from dedup.corpus.reading import page_from_text, read_corpus, read_page, read_stream
from dedup.corpus.sampling import Looked, Sample, sample
from dedup.corpus.urls import page_id

__all__ = [
    "Extractor", "Looked", "Options", "Sample", "page_from_text", "page_id", "read_corpus", "read_judgements",
    "read_labels", "read_partners", "read_page", "read_stream", "sample",
]  # fmt: skip
