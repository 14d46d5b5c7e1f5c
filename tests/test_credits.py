"""Credits: what names an agency, and the look-alikes that do not. All sentences are invented."""

from __future__ import annotations

import time

import pytest

from dedup.credits import Credit, agency_kind, agency_of_outlet, find_credits
from dedup.model import Span

BODY = (
    "The council of the harbour town voted on Tuesday to keep the old lighthouse open through the winter months.\n" * 20
)


def credited(text: str, byline: str | None = None, dateline: str | None = None) -> list[tuple[str, str]]:
    return [(credit.agency or f"?{credit.name}", credit.how) for credit in find_credits(text, byline, dateline)]


DATELINES = {
    "city in capitals": ("HALVERTON (AP) — The council voted.", ["ap"]),
    "state": ("CHEYENNE, Wyo. (AP) - The council voted.", ["ap"]),
    "two hyphens": ("GLASGOW, Scotland (AP) -- The council voted.", ["ap"]),
    "underscore of the nineties": ("MADRID, Spain (AP) _ The council voted.", ["ap"]),
    "two cities": ("TURNBERRY/GLASGOW, Scotland (Reuters) - The council voted.", ["reuters"]),
    "date": ("BRUSSELS, July 13 (Reuters) - The council voted.", ["reuters"]),
    "date with a year": ("SALT LAKE CITY, Utah, March 5, 2024 (UPI) -- The council voted.", ["upi"]),
    "date before the month": ("KUALA LUMPUR, 1 Mac (Bernama) -- Majlis itu.", ["bernama"]),
    "small month": ("PARIS, 1 mars (AFP) - Le conseil.", ["afp"]),
    "title case": ("Helsinki (AFP) - The council voted.", ["afp"]),
    "small words": ("Rio de Janeiro (EFE).- El consejo.", ["efe"]),
    "small words and a dash": ("Rio de Janeiro (EFE) - El consejo.", ["efe"]),
    "brackets and a colon": ("New Delhi [India], March 1 (ANI): The council voted.", ["ani"]),
    "two agencies": ("LONDON (AP/Reuters) — The council voted.", ["ap", "reuters"]),
    "token with a slash": ("Hamburg (dpa/lno) - Der Rat stimmte ab.", ["dpa"]),
    "spaces inside": ("WILMINGTON, Del., December 7 (Reuters ) - The council voted.", ["reuters"]),
    "no place": ("(CNN) - The council voted.", ["cnn"]),
    "nothing but the dateline": ("LA PAZ, Bolivia (AP)\nThe council voted.", ["ap"]),
    "under a menu": ("Home\nWeather\nSign in\n\nVote on lighthouse\nMore\nHALVERTON (AP) — The council voted.", ["ap"]),
    "on the line of the byline": ("By Ann Poe HALVERTON (Reuters) - The council voted.", ["reuters"]),
    "not the second paragraph": (BODY + "HALVERTON (AP) — The council voted.", []),
    "ambiguous in full shape": ("ANKARA (AA) - The council voted.", ["anadolu"]),
    "ambiguous without place": ("(AA) - The council voted.", []),
    "ambiguous without dash": ("ANKARA (AA)\nThe council voted.", []),
    "ambiguous in mid-line": ("By Ann Poe ANKARA (AA) - The council voted.", []),
    "ambiguous in prose": ("The app (AA) was good.", []),
    "list in prose": ("The committee (AP, UPI) met.", []),
    "clause in prose": ("The committee (AP) - which had met - went home.", []),
    "caption with a name": ("Ann Poe (AP)\nThe council voted.", []),
    "caption with a colon": ("Ann Poe (AP): the mayor.", []),
    "too many words": ("The Mayor Of The Harbour Town Halverton Said (AP) - The council voted.", []),
    "caption": ("FILE - In this July 1 photo, a lighthouse stands. (AP Photo/Ann Poe)", []),
    "photo": ("HALVERTON (AP Photo) — The council voted.", []),
    "agency in Chinese": ("新华社北京3月1日电 委员会开会。", ["xinhua"]),
    "agency in Korean": ("(서울=연합뉴스) 위원회는 화요일.", ["yonhap"]),
    "agency in Russian": ("МОСКВА, 1 марта. /ТАСС/. Совет голосовал.", ["tass"]),
    "press release": ("HALVERTON, Ohio, March 1, 2024 /PRNewswire/ -- The council is proud.", ["prnewswire"]),
    "not in the list": ("HALVERTON (Northgate Wire) — The council voted.", ["?Northgate Wire"]),
    "not in the list, one word": ("HALVERTON, June 3 (Meridian) - The council voted.", ["?Meridian"]),
    "not in the list, city not in capitals": ("Halverton (Northgate Wire) — The council voted.", []),
    "not in the list, no dash": ("HALVERTON (Northgate Wire) The council voted.", []),
    "ticker": ("HALVERTON OIL (HVOX) — The council voted.", []),
    "exchange": ("HALVERTON OIL (NASDAQ: HVOX) — The council voted.", []),
    "age": ("ANN POE (43) — The mayor.", []),
    "party": ("ANN POE (R-Ohio) — The mayor.", []),
    "state in the parenthesis": ("PORTLAND (Oregon) — The council voted.", []),
    "abbreviated state": ("PORTLAND (Ore.) — The council voted.", []),
    "country": ("CHRISTCHURCH (New Zealand) — The council voted.", []),
    "month": ("HALVERTON (July) — The council voted.", []),
    "web word": ("LIGHTHOUSE VOTE (Updated) — The council voted.", []),
    "five words": ("HALVERTON (The Very Long Named Wire) — The council voted.", []),
}


@pytest.mark.parametrize(("text", "agencies"), DATELINES.values(), ids=DATELINES.keys())
def test_datelines(text: str, agencies: list[str]) -> None:
    assert credited(text + "\n" + BODY) == [(agency, "dateline") for agency in agencies]


BYLINES = {
    "agency": ("By The Associated Press", ["ap"]),
    "person and agency": ("By ANN POE, Associated Press", ["ap"]),
    "person, no comma": ("By ANN POE Associated Press", ["ap"]),
    "role": ("By ANN POE Associated Press Writer", ["ap"]),
    "role of an abbreviation": ("By ANN POE AP Business Writer", ["ap"]),
    "staff": ("Reuters Staff", ["reuters"]),
    "abbreviation alone": ("AFP", ["afp"]),
    "without By": ("Ann Poe and Bob Roe, Associated Press", ["ap"]),
    "lost space": ("Ann Poe and Bob RoeAssociated Press", ["ap"]),
    "date behind": ("The Associated Press | Monday, July 16, 2018, 7:24 a.m.", ["ap"]),
    "published behind": ("Ann Poe, Associated Press Published 6:23 a.m. ET July 16, 2018", ["ap"]),
    "posted before": ("Posted 3:57 pm, July 15, 2018, by Associated Press", ["ap"]),
    "agency twice": ("The Associated Press — By ANN POE - Associated Press", ["ap"]),
    "two agencies": ("By ANN POE, CNN, AP", ["cnn", "ap"]),
    "bullet": ("Bloomberg•", ["bloomberg"]),
    "surname": ("By Ann Bloomberg", []),
    "given name": ("By Ani Poe", []),
    "ambiguous": ("By PA", []),
    "outlet only": ("By Ann Poe, Halverton Gazette", []),
    "photo credit": ("Ann Poe, AP", []),
    "photo of a named sort": ("Photo: Ann Poe, Associated Press", []),
    "photo by": ("Photo by Ann Poe, Associated Press", []),
    "photo with a slash": ("Ann Poe/Associated Press", []),
    "photo of two": ("ANN POE, AFP/Getty Images", []),
    "credit of a photo": ("Credit: The Associated Press", []),
    "mention": ("The mayor told The Associated Press", []),
    "menu": ("Join the Conversation", []),
    "headline": ("AP News in Brief at 6:04 a.m. EDT", []),
}


@pytest.mark.parametrize(("line", "agencies"), BYLINES.values(), ids=BYLINES.keys())
def test_bylines_in_the_text(line: str, agencies: list[str]) -> None:
    assert credited(f"Vote on the lighthouse\n{line}\n{BODY}") == [(agency, "byline") for agency in agencies]


def test_below_prose_only_a_signed_or_full_name_is_a_byline() -> None:
    caption = (
        "The lighthouse of the harbour town stands in the evening sun, seen from the old pier, in this picture of " * 2
    )
    assert credited(f"{caption}\nAnn Poe, Associated Press\n{BODY}") == []
    assert credited(f"{caption}\nReuters\n{BODY}") == []
    assert credited(f"{caption}\nBy Ann Poe, Associated Press\n{BODY}") == [("ap", "byline")]
    assert credited(f"{caption}\nThe Associated Press\n{BODY}") == [("ap", "byline")]


@pytest.mark.parametrize(
    ("byline", "agencies"),
    [
        ("By JOHN DOE, Associated Press", ["ap"]),
        ("Associated Press Writer", ["ap"]),
        ("Reuters Staff", ["reuters"]),
        ("BBC and Reuters", ["reuters"]),
        ("AFP", ["afp"]),
        ("Eds: LEADS with 4 grafs to correct. ^By ANN POE Associated Press Writer", ["ap"]),
        ("By The Associated Press Ann Poe Bob Roe", ["ap"]),
        ("By Ann Poe", []),
        ("Ann Bloomberg", []),
        ("admin", []),
        ("", []),
    ],
)
def test_the_byline_field(byline: str, agencies: list[str]) -> None:
    assert credited(BODY, byline=byline) == [(agency, "byline") for agency in agencies]


@pytest.mark.parametrize(
    ("dateline", "agencies"),
    [
        ("NEW YORK (AP)", ["ap"]),
        ("New York (AP)", ["ap"]),
        ("MANILA, Philippines (AP) _", ["ap"]),
        ("HALVERTON (Northgate Wire)", ["?Northgate Wire"]),
        ("AP", ["ap"]),
        ("AA", []),
        ("New York", []),
        ("", []),
    ],
)
def test_the_dateline_field(dateline: str, agencies: list[str]) -> None:
    assert credited(BODY, dateline=dateline) == [(agency, "dateline") for agency in agencies]


TAILS = {
    "reporting and editing": ("(Reporting by Ann Poe in Halverton; Editing by Bob Roe )", ["reuters credit"]),
    "additional reporting": ("(Additional reporting by Ann Poe; editing by Bob Roe)", ["reuters credit"]),
    "editing alone": ("(Editing by Bob Roe)", ["reuters credit"]),
    "line without parentheses": ("Reporting by Ann Poe; Editing by Bob Roe", ["reuters credit"]),
    "writers": ("Associated Press writers Ann Poe and Bob Roe in Halverton contributed.", ["ap credit"]),
    "source": ("Source: Reuters", ["reuters credit"]),
    "source in German": ("Quelle: dpa", ["dpa credit"]),
    "two sources": ("Fuente: EFE, AFP", ["efe credit", "afp credit"]),
    "source that is no agency": ("Source: Halverton Gazette", []),
    "one source of two": ("Source: company reports, Reuters", []),
    "signature": ("-- Reuters", ["reuters credit"]),
    "copyright": ("Copyright 2024 The Associated Press. All rights reserved.", ["ap notice"]),
    "sign of copyright": ("© 2024 AFP", ["afp notice"]),
    "both": ("Copyright (c) 2024, The Washington Post", ["wapo notice"]),
    "copyright of both names": ("© 2018 Thomson/Reuters.  All rights reserved.", ["reuters notice"]),
    "longest name": ("© 2024 Associated Press of Pakistan", ["app_pk notice"]),
    "no year": ("© Reuters. A lighthouse", []),
    "copyright of a photo": ("Photo: © 2024 AFP", []),
    "copyright of an outlet": ("© 2024 Halverton Gazette. All rights reserved.", []),
    "terms": ("This material may not be published, broadcast, rewritten or redistributed.", ["ap notice"]),
    "terms of the agency": (
        "© 2019 The Associated Press. All Rights Reserved. This material may not be published, broadcast, rewritten, "
        "or redistributed.",
        ["ap notice"],
    ),
    "terms of an outlet": (
        "Copyright 2018 by WXYZ Halverton. All rights reserved. This material may not be published, broadcast, "
        "rewritten or redistributed.",
        [],
    ),
    "terms of another agency": (
        "Copyright 2018 by CNN NewSource. All rights reserved. This material may not be published, broadcast, "
        "rewritten, or redistributed.",
        ["cnn notice"],
    ),
    "number of an agency": ("© dpa-infocom, dpa:240301-99-182903/2", ["dpa notice"]),
    "first published": ("This report by The Canadian Press was first published March 1, 2024.", ["cp notice"]),
    "help of an agency": ("Ann Poe and The Associated Press contributed to this report.", []),
    "mention": ("The mayor told The Associated Press on Tuesday that Reuters was wrong.", []),
    "caption at the end": ("The lighthouse in the sun. (AP Photo/Ann Poe)", []),
    "dateline of a teaser": ("HALVERTON (AP) — The mayor has", []),
}


@pytest.mark.parametrize(("line", "expected"), TAILS.values(), ids=TAILS.keys())
def test_credit_lines_and_notices(line: str, expected: list[str]) -> None:
    assert [" ".join(pair) for pair in credited(f"{BODY}\n{line}\n")] == expected


def test_credit_lines_count_at_the_end_only() -> None:
    assert credited(f"Source: Reuters\n© 2024 AFP\n{BODY}") == []


def test_order_and_one_credit_an_agency() -> None:
    text = (
        f"By Reuters\nHALVERTON (AP) — Words.\n{BODY}\nSource: AFP\n© 2024 The Associated Press\n© 2024 Bloomberg L.P."
    )
    assert credited(text, byline="AP", dateline="PARIS (AFP)") == [
        ("ap", "dateline"),
        ("afp", "dateline"),
        ("reuters", "byline"),
        ("bloomberg", "notice"),
    ]


def test_the_span_shows_the_credit_and_is_empty_for_a_field() -> None:
    text = f"Lighthouse stays\n  HALVERTON, Ohio (AP) — Words.\n{BODY}© 2024 AFP"
    shown = [text[credit.span.start : credit.span.end] for credit in find_credits(text)]
    assert shown == ["HALVERTON, Ohio (AP) —", "© 2024 AFP"]
    assert find_credits(BODY, dateline="PARIS (AFP)") == (
        Credit("afp", "Agence France-Presse", "dateline", Span(0, 0)),
    )


def test_the_span_of_a_dateline_leaves_the_byline_out() -> None:
    text = "By Ann Poe HALVERTON (Reuters) - The council voted."
    (credit,) = find_credits(text)
    assert text[credit.span.start : credit.span.end] == "HALVERTON (Reuters) -"


def test_no_text_has_no_credit() -> None:
    assert find_credits("") == ()
    assert find_credits("\n \n") == ()


@pytest.mark.parametrize(
    ("outlet", "agency"),
    [
        ("apnews.com", "ap"),
        ("AP", "ap"),
        ("The Associated Press", "ap"),
        ("associated press", "ap"),
        ("fr.reuters.com", "reuters"),
        ("Reuters", "reuters"),
        ("news.cn", "xinhua"),
        ("aa.com.tr", "anadolu"),
        ("notreuters.com", None),
        ("reuters.com.example", None),
        ("TAP", None),
        ("Halverton Gazette", None),
        ("", None),
        (None, None),
    ],
)
def test_the_agency_of_an_outlet(outlet: str | None, agency: str | None) -> None:
    assert agency_of_outlet(outlet) == agency


def test_the_kind_of_an_agency() -> None:
    assert [agency_kind(agency) for agency in ("ap", "nyt_ns", "prnewswire")] == ["agency", "syndicator", "pr"]
    with pytest.raises(KeyError):
        agency_kind("nobody")


@pytest.mark.parametrize(
    "hostile",
    [
        "(",
        "a",
        " ",
        "CITY, ",
        "(AP) ",
        "© 2024 ",
        "A (",
        "\n",
        "By A, ",
        "Reporting by ",
        "(Reporting by ",
        "-- ",
        "Źé/",
    ],
)
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    text = hostile * (300_000 // len(hostile))
    begin = time.perf_counter()
    find_credits(text, byline=text, dateline=text)
    assert time.perf_counter() - begin < 1
