"""The templates, and what they may call."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from dedup.model import Changes, DedupError
from dedup.views import clean, lag, percent

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


class _Text(Protocol):
    @property
    def text(self) -> str: ...


def render(template: str, **values: object) -> str:
    """A template with its values, all of them escaped. Raises ``DedupError`` where Jinja is not installed."""
    return environment().get_template(template).render(**values)


def require() -> None:
    """Raises ``DedupError`` where Jinja is not installed."""
    environment()


@cache
def environment() -> Environment:
    """The environment of all templates: what is not there is an error, not an empty place."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError as error:
        raise DedupError("pages need Jinja: pip install 'newswire-dedup[web]'") from error
    made = Environment(
        loader=PackageLoader("dedup.drawing", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"percent": percent, "clean": clean, "web": web_address, "day": day, "lag": lag}
    made.filters |= {"thousands": thousands, "sure": sure, "changed": changed, "counts": counts, "chars": chars}
    made.filters |= {"shell": shlex.quote, "for_script": _for_script}
    made.globals |= {"address": address, "style": Markup(style()), "style_hash": _hash_of(style())}
    return made


def style() -> str:
    """The one style sheet."""
    return files("dedup.drawing").joinpath("static/style.css").read_text(encoding="utf-8")


def _hash_of(text: str) -> str:
    """What a policy names a style by that stands in the page itself."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _for_script(data: str) -> Markup:
    """JSON as it may stand in a script element, which it cannot end: in JSON ``<`` is only within strings."""
    from markupsafe import Markup

    return Markup(data.replace("<", "\\u003c"))


def address(page: str, *parts: str) -> str:
    """The address of one of our pages; ids are parts of a path, whatever they hold."""
    return "/" + "/".join([page, *(quote(part, safe="") for part in parts)])


def web_address(url: str | None) -> str | None:
    """An address that may become a link: of http or https alone, without white space or control characters."""
    plain = url if url and url.isprintable() and " " not in url else ""
    return url if plain.lower().startswith(("http://", "https://")) else None


def day(date: str | None) -> str:
    """A date for people: the day, and the time where it is known."""
    return (date or "").replace("T", " ").replace("+00:00", " UTC")


def sure(confidence: float | None) -> str:
    """How sure somebody is; nobody is ever quite sure."""
    return percent(confidence if confidence is None else min(0.99, confidence))


def changed(changes: Changes | None) -> str:
    """What a copy did to its source, in a line; empty where it did nothing that counts."""
    if changes is None:
        return ""
    told = ((getattr(changes, name), one, many) for name, one, many in _CHANGED)
    return ", ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in told if number)


_CHANGED = (
    ("names", "name", "names"),
    ("numbers", "number", "numbers"),
    ("quotations", "quotation", "quotations"),
    ("credits", "credit taken out", "credits taken out"),
    ("promotion", "promotion", "promotions"),
    ("inserted", "word added", "words added"),
    ("dropped", "word dropped", "words dropped"),
    ("replaced", "word replaced", "words replaced"),
)


def counts(forms: Sequence[str]) -> list[tuple[str, int]]:
    """What is named, each once, and how often; what is named most first, of equals what is named first."""
    return Counter(forms).most_common()


def chars(parts: Sequence[_Text]) -> int:
    """How many characters parts of a text have together."""
    return sum(len(part.text) for part in parts)


def thousands(number: int) -> str:
    """A count with its thousands marked."""
    return f"{number:,}"
