"""What promotes an outlet: its own name in what it added, and invitations to read, follow, pay or install it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Shorter names are in too many words.
_NAME_LETTERS = 5
# Signs that may part the letters of a name.
_SIGNS_BETWEEN = 2
# Spaces of most names; what is parted otherwise is read letter by letter, in 12 µs instead of 1.5.
_MOST_SPACES = 4
# A menu's "Subscribe" invites nobody: an invitation is a phrase.
_INVITING_WORDS = 3

# Invitations in many languages, each with a word that it cannot be without (its letters of ASCII alone), or in other
# scripts a part of it: these are looked for first, a hundred times as fast. Precision first: each invitation says what
# to do, and with what of the outlet's.
_INVITATIONS: Mapping[str, str] = {
    # English
    "subscribe": r"subscribe (?:to|now|today|for)\b",
    "sign": r"sign up (?:for|to|here)\b",
    "newsletter": r"(?:our|daily|weekly|free|notre|unser(?:en|em)?|zum|nostra|nuestra) newsletter\b",
    "newsletters": r"(?:our|daily|weekly|free) newsletters\b",
    "follow": r"follow (?:us (?:on|at)\b|@\w)",
    "us": r"\b(?:like|find|join|visit) us on\b",
    "read": r"read more (?:at|on|from)\b",
    "app": r"\b(?:download|get|laden|descarg(?:a|ue)) (?:the|our|sie|la|nuestra) [\w ]{0,30}\bapp\b",
    "join": r"join our (?:\w+ )?(?:channel|group|community)\b",
    "become": r"become a (?:member|subscriber|supporter)\b",
    "support": r"support our (?:journalism|work|reporting)\b",
    "visit": r"visit our (?:website|site|page)\b",
    "more": r"for more (?:news|stories|updates|coverage)[^.\n]{0,40}\b(?:visit|follow|check|click)\b",
    "click": r"click here (?:to|for)\b",
    "appeared": r"(?:article|story|post) (?:originally |first )?appeared (?:first )?on\b",
    # German, Dutch
    "abonnieren": r"abonnieren sie\b|jetzt abonnieren",
    "folgen": r"folgen sie uns",
    "volg": r"volg ons\b",
    "abonneer": r"abonneer (?:je|u)\b",
    "schrijf": r"schrijf (?:je|u) in\b",
    # French, Spanish, Portuguese, Italian
    "abonnez": r"abonnez[- ]vous",
    "inscrivez": r"inscrivez[- ]vous",
    "suivez": r"suivez[- ]nous",
    "chargez": r"téléchargez (?:notre|l['’])",
    "suscr": r"suscríb(?:ete|ase) a\b",
    "suscribirse": r"suscribirse a\b",
    "guenos": r"síguenos en\b",
    "ganos": r"síganos en\b",
    "inscreva": r"inscreva-se",
    "siga": r"siga-nos",
    "baixe": r"baixe o (?:nosso )?app",
    "iscriviti": r"iscriviti a\w*\b",
    "abbonati": r"abbonati (?:a|alla|ora)\b",
    "seguici": r"seguici su\b",
    "scarica": r"scarica l['’]app",
    # Polish, Turkish, Indonesian, Vietnamese
    "zapisz": r"zapisz się (?:na|do)\b",
    "obserwuj": r"obserwuj nas",
    "abone": r"abone olun?\b",
    "takip": r"bizi takip edin",
    "ikuti": r"ikuti kami",
    "unduh": r"unduh aplikasi",
    "theo": r"theo dõi chúng tôi",
    # Russian, Arabic, Hindi, Chinese, Japanese, Korean
    "подпи": r"подпи(?:сывайтесь|шитесь) на",
    "читайте нас": r"читайте нас",
    "скачайте": r"скачайте (?:наше )?приложение",
    "اشترك": r"اشترك في",
    "تابعونا": r"تابعونا",
    "सब्सक्राइब": r"सब्सक्राइब कर",
    "फॉलो": r"फॉलो कर",
    "关注": r"关注我们|扫码关注",
    "關注": r"關注我們",
    "下载": r"下载[^\s。]{0,12}(?:客户端|app)",
    "フォロー": r"をフォロー",
    "ダウンロード": r"アプリをダウンロード",
    "メルマガ": r"メルマガ登録",
    "구독": r"구독하",
    "팔로우": r"팔로우하",
}
_INVITING = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _INVITATIONS.items()}
_WORDS = {key.encode(): pattern for key, pattern in _INVITING.items() if key.isascii()}
_LETTERS = {key: pattern for key, pattern in _INVITING.items() if not key.isascii()}
# What every page says of itself, and an author of his paper: no promotion.
_OWN_LINE = re.compile(
    r"(?i)copyright|©|\(c\)|all rights reserved|^\W{0,3}by\s|staff (?:writer|reporter)|correspondent\b"
)
_SMALL = bytes(ord(c.lower()) if c.isalnum() else ord(" ") for c in map(chr, range(128))) + bytes(128)
_SIGNS = frozenset(char for char in map(chr, range(128)) if not char.isalnum())


def may_promote(added: str, names: Iterable[str]) -> bool:
    """Whether a text may promote: a quick look that passes over no promotion."""
    return carries(added, names) or bool(_patterns(added))


def promotes(added: str, names: Iterable[str]) -> bool:
    """Whether what was added carries one of the outlet's own names (bare letters, as ``dedup.evidence`` has them) or
    invites to it. Copyright lines and bylines do not promote, nor do the words of a menu."""
    return (carries(added, names) or invites(added)) and not _OWN_LINE.search(added)


def invites(line: str) -> bool:
    """Whether a line invites to its outlet; a word or two of a menu do not."""
    long = not line.isascii() or len(line.split()) >= _INVITING_WORDS
    return long and any(pattern.search(line) for pattern in _patterns(line))


def carries(added: str, names: Iterable[str]) -> bool:
    """Whether one of some names stands in a text from a word's start on, with a capital; it may be glued to a word, and
    parted by signs of ASCII."""
    return any(_stands(name, added) for name in names if _NAME_LETTERS <= len(name) <= len(added))


def _stands(name: str, text: str) -> bool:
    first = name[0].upper()
    at = text.find(first)
    while at >= 0:
        if not text[max(0, at - 1) : at].isalnum() and _goes_on(name, text, at):
            return True
        at = text.find(first, at + 1)
    return False


def _goes_on(name: str, text: str, at: int) -> bool:
    """Whether the letters of a name stand from a place on, with two signs between any of them at the most."""
    beginning = text[at : at + len(name) + _MOST_SPACES]
    if "   " not in beginning and beginning.replace(" ", "").lower().startswith(name):  # as most do
        return True
    for letter in name:
        behind = at + _SIGNS_BETWEEN
        while at < behind and text[at : at + 1] in _SIGNS:
            at += 1
        if text[at : at + 1].lower() != letter:
            return False
        at += 1
    return True


def _patterns(text: str) -> list[re.Pattern[str]]:
    """The invitations that a text may hold."""
    words = text.encode("ascii", "replace").translate(_SMALL).split()
    few = [] if _WORDS.keys().isdisjoint(words) else sorted(_WORDS.keys() & words)
    found = [_WORDS[word] for word in few]
    if not text.isascii():
        lower = text.lower()
        found += [pattern for letters, pattern in _LETTERS.items() if letters in lower]
    return found
