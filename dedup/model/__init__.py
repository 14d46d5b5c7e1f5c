"""The ground: the values that every room passes on, the settings, and the errors.

Spans are half-open and zero-based. Scores are floats in [0, 1]. Nothing here knows how a value is made.

Errors::

    DedupError
      CorpusError          input that cannot be read (path, line)
      StoreError           a database that cannot be used
        SettingsMismatch   made with other fingerprint settings
        StoreBusy          another process is writing
      UnknownDocument      an id or URL that is not in the store
"""

from dedup.model.errors import CorpusError, DedupError, SettingsMismatch, StoreBusy, StoreError, UnknownDocument
from dedup.model.graphs import (
    Column,
    Graph,
    GraphEdge,
    GraphNode,
    LinkFilter,
    Masked,
    OutletPeriod,
    Period,
    Value,
)
from dedup.model.links import (
    CHANGE_KINDS,
    DEFAULT_KINDS,
    KINDS,
    Added,
    Answer,
    Change,
    ChangeAction,
    ChangeKind,
    Changes,
    CreditForm,
    Judged,
    Judgement,
    Kind,
    Link,
    OutletHabit,
    OutletPair,
    Publisher,
    Reason,
    Step,
    Story,
    Tally,
)
from dedup.model.partners import Partner
from dedup.model.stands import Stand
from dedup.model.texts import (
    DatePrecision,
    Document,
    Edit,
    EditKind,
    FileRead,
    Ids,
    Match,
    Offsets,
    Passage,
    Places,
    Reject,
    Settings,
    Span,
    Tokens,
)

__all__ = (
    "Added",
    "Answer",
    "CHANGE_KINDS",
    "Change",
    "ChangeAction",
    "ChangeKind",
    "Changes",
    "Column",
    "CorpusError",
    "CreditForm",
    "DEFAULT_KINDS",
    "DatePrecision",
    "DedupError",
    "Document",
    "FileRead",
    "Edit",
    "EditKind",
    "Graph",
    "GraphEdge",
    "GraphNode",
    "Ids",
    "Judged",
    "Judgement",
    "KINDS",
    "Kind",
    "Link",
    "LinkFilter",
    "Masked",
    "Match",
    "Offsets",
    "OutletHabit",
    "OutletPair",
    "OutletPeriod",
    "Partner",
    "Passage",
    "Period",
    "Places",
    "Publisher",
    "Reason",
    "Reject",
    "Settings",
    "SettingsMismatch",
    "Span",
    "Stand",
    "Step",
    "StoreBusy",
    "StoreError",
    "Story",
    "Tally",
    "Tokens",
    "UnknownDocument",
    "Value",
)
