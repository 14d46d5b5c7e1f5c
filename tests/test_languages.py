"""Any language: spellings of one text have the same tokens, and stories in many scripts are found in their copies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import STORIES

from dedup.index import Index, compare, tokenise
from dedup.model import Document, Settings, SettingsMismatch
from dedup.text import body_spans, lay, split_words

Word = tuple[str, int, int]  # folded, first character, end
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]

# Two spellings of one text.
SPELLINGS = {
    "case": ("Der Fluß ÉTÉ ΣΟΦΟΣ ДОМ", "der fluß été σοφος дом"),
    "composed and not": ("Señor Đặng, Ångström", "Sen\u0303or Đa\u0323\u0306ng, A\u030angstro\u0308m"),
    "soft hyphens": ("Ministerpräsident", "Minis\u00adter\u00adprä\u00adsi\u00addent"),
    "a zero-width space inside": ("parliament", "parlia\u200bment"),
    "a byte order mark": ("harbour office", "\ufeffharbour\ufeff office"),
    "word joiners": ("10 km", "10\u2060 km"),
    "typographic quotes": ("\"we waited\", 'all' said", "“we waited”, ‘all’ said"),
    "German quotes": ('er sagte: "nie"', "er sagte: „nie“"),
    "French quotes and their spaces": ('il a dit "jamais" !', "il a dit «\u00a0jamais\u00a0»\u202f!"),
    "Chinese and Japanese quotes": ('"渡船"', "「渡船」"),
    "an apostrophe": ("don't, l'été", "don’t, l’été"),
    "an apostrophe that is a letter": ("п'ять, об'єкт", "п\u02bcять, об\u02bcєкт"),
    "an okina": ("Hawai'i, O'zbekiston", "Hawai\u02bbi, O\u02bbzbekiston"),
    "a full-width apostrophe": ("don't", "don\uff07t"),
    "Hebrew marks of abbreviation": ("צה\"ל ג'", "צה\u05f4ל ג\u05f3"),
    "hyphens and dashes": ("twenty-one - or so", "twenty\u2011one \u2014 or\u2010so"),
    "a Hebrew hyphen": ("בית-ספר", "בית\u05beספר"),
    "no-break, thin and wide spaces": ("10 000 men left", "10\u202f000\u2009men\u3000left"),
    "full width": ("AP 2024 UN", "ＡＰ\u3000２０２４ ＵＮ"),
    "half-width katakana": ("ガソリンパイプ", "ｶﾞｿﾘﾝﾊﾟｲﾌﾟ"),
    "Latin ligatures": ("final effect offline", "ﬁnal eﬀect oﬄine"),
    "a French ligature": ("le cœur, l'œuvre", "le coeur, l'oeuvre"),
    "mathematical letters": ("breaking news", "𝐛𝐫𝐞𝐚𝐤𝐢𝐧𝐠 𝘯𝘦𝘸𝘴"),
    "letters in circles": ("ab 12", "ⓐⓑ ⑫"),
    "a superscript": ("20 m2", "20 m²"),
    "units that are one sign": ("5km 20m2 3kg", "5㎞ 20㎡ 3㎏"),
    "a number sign of letters": ("No5", "№5"),
    "a trade mark": ("Velmora ferries", "Velmora™ ferries"),
    "Turkish i, dotted": ("İSTANBUL", "istanbul"),
    "Turkish i, dotless": ("IŞIK ışık", "ışık IŞIK"),
    "sharp s": ("GROSSE STRASSE", "große Straße"),
    "a capital sharp s": ("GROẞE", "große"),
    "the Greek final sigma": ("ΛΟΓΟΣ", "λογος"),
    "Greek capitals without accents": ("Η ΑΘΗΝΑ ΣΗΜΕΡΑ", "Η Αθήνα σήμερα"),
    "the Russian letter yo": ("ещё, всё", "еще, все"),
    "a Russian stress": ("замок", "за\u0301мок"),
    "Romanian cedillas": ("și țara", "şi ţara"),
    "a Croatian digraph": ("džem", "ǆem"),
    "Arabic tatweel": ("محمد", "محـــمد"),
    "Arabic vowel marks": ("محمد قال", "مُحَمَّدٌ قَالَ"),
    "Arabic presentation forms": ("سلام", "\ufeb3\ufefc\ufee1"),
    "Arabic-Indic digits": ("في 2024", "في ٢٠٢٤"),
    "Persian digits": ("سال 1403", "سال ۱۴۰۳"),
    "Persian letters as Arabic ones": ("علی و کتاب", "علي و كتاب"),
    "an Arabic final ya": ("علي", "على"),
    "a zero-width non-joiner": ("میخواهم", "می\u200cخواهم"),
    "marks of direction": ("עברית 5", "\u200fעברית\u200f \u202a5\u202c"),
    "Hebrew points": ("שלום", "שָׁלוֹם"),
    "Hebrew presentation forms": ("שלום", "\ufb2aל\ufb4bם"),
    "Yiddish digraphs": ("ייִדיש", "\u05f2ִדיש"),
    "Devanagari digits": ("2024 में", "२०२४ में"),
    "a Devanagari letter with a dot": ("स\u095cक", "स\u0921\u093cक"),
    "joiners of Indian scripts": ("क्षमा", "क्\u200dषमा"),
    "a letter of Malayalam": ("അവൻ", "അവന്\u200d"),
    "a letter of Bengali": ("হঠাৎ", "হঠাত্\u200d"),
    "Korean, decomposed": ("한국 정부", "\u1112\u1161\u11ab\u1100\u116e\u11a8 \u110c\u1165\u11bc\u1107\u116e"),
    "kana, decomposed": ("がぎぐ パ", "か\u3099き\u3099く\u3099 ハ\u309a"),
    "Chinese with spaces": ("渡船沉没", "渡 船\u3000沉\u200b没"),
    "radicals for letters": ("一人", "⼀⼈"),
    "a compatibility letter": ("樂", "\uf914"),
    "a selected glyph": ("葛城", "葛\U000e0100城"),
    "a company in brackets": ("(株)北港", "㈱北港"),
    "full-width signs": ("渡船(40人)", "渡船（４０人）"),
    "Thai digits": ("พ.ศ. 2567", "พ.ศ. ๒๕๖๗"),
    "a Thai vowel of two parts": ("น้ำ", "น\u0e49\u0e4d\u0e32"),
    "a Lao vowel of two parts": ("ນ້ຳ", "ນ\u0ec9\u0ecd\u0eb2"),
    "Khmer digits": ("ឆ្នាំ 2024", "ឆ្នាំ ២០២៤"),
    "Burmese digits and spaces": ("၂၀၂၄ခုနှစ်", "2024 ခု\u200bနှစ်"),
    "an emoji with its selector": ("ferry sank", "ferry ❤\ufe0f sank"),
}

# One text, and one that is another.
OTHERS = {
    "an accent": ("pecho", "pechó"),
    "two letters of Cyrillic": ("мои", "мой"),
    "voiced kana": ("か", "が"),
    "Thai vowels": ("กา", "กี"),
    "traditional letters": ("国", "國"),
    "an Arabic hamza": ("سال", "سأل"),
    "a figure": ("٣", "٤"),
}


def words(text: str) -> list[Word]:
    found = split_words(lay([text]))
    folded = [found.folded[a:b].decode() for a, b in zip(found.at, found.upto, strict=True)]
    return list(zip(folded, found.starts.tolist(), found.ends.tolist(), strict=True))


def ids(text: str) -> list[int]:
    told: list[int] = tokenise(text).ids.tolist()
    return told


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_text_spelled_otherwise_has_the_same_tokens(name: str) -> None:
    one, other = SPELLINGS[name]
    assert one != other
    assert [word for word, _, _ in words(one)] == [word for word, _, _ in words(other)] != []
    assert ids(one) == ids(other)


@pytest.mark.parametrize("name", OTHERS)
def test_another_word_has_another_token(name: str) -> None:
    one, other = OTHERS[name]
    assert set(ids(one)).isdisjoint(ids(other)) or len(ids(one)) != len(ids(other))


# Properties of any text.

SCRIPTS = "aé ßİ.-'’\n本語カ\u3099ｶ\uff9eกำ\u0e49๒\u0640\u064eيی٣שׁ한\u1112\u1161\u11abकि\u094d\u200d😀"
any_text = st.text(st.sampled_from(SCRIPTS), max_size=30) | st.text(max_size=30)
many = settings(max_examples=200)
HIDDEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
PLAIN = str.maketrans("“”„«»‘’‚‹›\u02bc\uff07‐‑–—\u00a0\u2009\u202f\u3000", "\"\"\"\"\"'''''''----    ")


@given(any_text)
@many
def test_a_token_is_what_its_place_in_the_text_folds_to(text: str) -> None:
    for word, start, end in words(text):
        assert words(text[start:end]) == [(word, 0, end - start)]


@given(any_text)
@many
def test_places_of_tokens_ascend_and_do_not_overlap(text: str) -> None:
    places = [0, *(place for _, start, end in words(text) for place in (start, end)), len(text)]
    assert places == sorted(places)
    assert all(start < end for _, start, end in words(text))


def is_one_piece(char: str) -> bool:
    """Whether what a character is made of is not several words, nor a part of a word and a sign (½, ŀ, ㍿, ﷺ)."""
    parts = unicodedata.normalize("NFKD", char)
    letters = sum(part.isalnum() for part in parts)
    signs = sum(not part.isalnum() and unicodedata.category(part)[0] != "M" for part in parts)
    spaceless = any(len(words(part + part)) == 2 for part in parts if part.isalnum())
    return len(parts) == 1 or not letters or (letters == 1 and not signs) or (not spaceless and not signs)


@given(any_text.filter(lambda text: all(map(is_one_piece, text)) and not set(text) & set("™℠")))
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@many
def test_normal_forms_of_a_text_have_the_same_tokens(form: Form, text: str) -> None:
    assert ids(unicodedata.normalize(form, text)) == ids(text)


@given(any_text, st.lists(st.tuples(st.integers(0, 30), st.sampled_from(HIDDEN)), max_size=5))
@many
def test_what_cannot_be_seen_changes_no_token(text: str, hidden: list[tuple[int, str]]) -> None:
    told = text
    for at, char in hidden:
        told = told[:at] + char + told[at:]
    assert ids(told) == ids(text)


@given(st.text(st.sampled_from("aéя本ก “”„«»‘’‚‹›\u02bc\uff07‐‑–—\u00a0\u2009\u202f\u3000\"'-"), max_size=30))
@many
def test_typographic_and_plain_signs_part_words_alike(text: str) -> None:
    assert ids(text.translate(PLAIN)) == ids(text)


@given(any_text)
@many
def test_digits_of_every_script_are_one_number(text: str) -> None:
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    assert ids(plain) == ids(text)


# Stories: what a copy may have gone through.


def with_marks(text: str, marks: str) -> str:
    """A mark of these behind every third letter."""
    return "".join(c + marks[at // 3 % len(marks)] * (at % 3 == 0 and c.isalpha()) for at, c in enumerate(text))


def with_digits(text: str, zero: str) -> str:
    return re.sub("[0-9]", lambda digit: chr(ord(zero) + int(digit[0])), text)


def in_half_width(text: str) -> str:
    """Katakana of half the width."""
    half = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    apart = unicodedata.normalize("NFD", text).replace("\u3099", "\uff9e").replace("\u309a", "\uff9f")
    return "".join(half.get(char, char) for char in apart)


def in_full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


CHANGES: dict[str, Callable[[str], str]] = {
    "Chinese": lambda text: in_full_width(text.replace("，", ",")).replace("。", "。\u3000").replace("一", "⼀"),
    "Japanese": in_half_width,
    "Korean": lambda text: unicodedata.normalize("NFD", text).replace(" ", "\u00a0"),
    "Thai": lambda text: unicodedata.normalize("NFKD", with_digits(text, "๐")).replace("าร", "า\u200bร"),
    "Lao": lambda text: with_digits(text, "\u0ed0").replace(" ", "\u200b"),
    "Khmer": lambda text: with_marks(with_digits(text, "\u17e0"), "\u200b"),
    "Burmese": lambda text: with_digits(text, "\u1040").replace(" ", "\u200b"),
    "Arabic": lambda text: with_digits(with_marks(text, "\u064e\u0640\u0651\u064f"), "\u0660"),
    "Persian": lambda text: with_digits(text, "\u06f0").translate(str.maketrans("\u06cc\u06a9", "\u064a\u0643")),
    "Hebrew": lambda text: with_marks(text, "\u05b7\u05bc").replace('"', "\u05f4").replace(".", ".\u200f"),
    "Hindi": lambda text: unicodedata.normalize("NFD", with_digits(text, "\u0966")).replace("\u094d", "\u094d\u200d"),
    "Russian": lambda text: with_marks(text.replace("ё", "е"), "\u00ad"),
    "Ukrainian": lambda text: text.replace("'", "\u02bc"),
    "Greek": lambda text: re.sub("\u0301", "", unicodedata.normalize("NFD", text)).upper(),
    "Turkish": lambda text: text.replace("i", "İ").upper(),
    "German": lambda text: text.replace("ß", "ss").replace(' "', " „").replace('"', "“"),
    "French": lambda text: text.replace("œ", "oe").replace("'", "’").replace(" ;", "\u202f;"),
    "Vietnamese": lambda text: unicodedata.normalize("NFD", text),
    "Romanian": lambda text: text.replace("ș", "ş").replace("ț", "ţ"),
}


def told_in(language: str) -> str:
    return "\n\n".join(STORIES[language])


@pytest.mark.parametrize("language", CHANGES)
def test_a_copy_that_is_spelled_otherwise_is_covered_whole(language: str) -> None:
    story = told_in(language)
    copy = CHANGES[language](story)
    assert copy != story
    match = compare(story, copy)
    assert match is not None
    assert (match.coverage_a, match.coverage_b, match.edits) == (1.0, 1.0, ())
    assert match.longest_run == len(tokenise(story))


RESPACED = {
    "Persian": ("می\u200cگوید", "می گوید", 2),
    "Arabic": ("وأضافت السلطة", "وأضافتـالسلطة", 1),
    "Korean": ("새로 단", "새\u00ad로단", 1),
}


@pytest.mark.parametrize("language", RESPACED)
def test_only_spaces_differ_where_what_cannot_be_seen_stands_in_a_word(language: str) -> None:
    spelled, otherwise, times = RESPACED[language]
    story = told_in(language)
    match = compare(story, story.replace(spelled, otherwise))
    assert match is not None
    assert [edit.kind for edit in match.edits] == ["respaced"] * times
    assert (match.coverage_a, match.coverage_b) == (1.0, 1.0)


@pytest.mark.parametrize("language", [name for name in STORIES if name.endswith(", another")])
def test_two_stories_of_one_language_share_nothing(language: str) -> None:
    assert compare(told_in(language), told_in(language.removesuffix(", another"))) is None


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Every story in one store, each on a page of its own."""
    with Index(tmp_path_factory.mktemp("stories") / "stories.db", workers=1) as index:
        index.add(Document(language, told_in(language), outlet="wire.example") for language in STORIES)
        yield index


def test_no_story_is_linked_to_another(stories: Index) -> None:
    assert list(stories.links(kinds=None)) == []


@pytest.mark.parametrize("language", CHANGES)
def test_who_finds_the_story_of_a_copy_that_is_spelled_otherwise(language: str, stories: Index) -> None:
    copy = Document("copy", CHANGES[language](told_in(language)), outlet="mirror.example")
    answer = stories.who(copy)
    assert answer.found
    assert {row.id for row in answer.publishers} == {"copy", language}
    assert {row.coverage for row in answer.publishers if row.coverage is not None} == {1.0}


def test_copies_are_stored_with_their_stories(tmp_path: Path) -> None:
    pages = [Document(language, told_in(language), outlet="wire.example") for language in STORIES]
    pages += [Document(f"{name}, copied", CHANGES[name](told_in(name)), outlet="mirror.example") for name in CHANGES]
    with Index(tmp_path / "copies.db", workers=1) as index:
        index.add(pages)
        links = {frozenset({link.copy, link.original}): link.kind for link in index.links(kinds=None)}
        assert links == {frozenset({name, f"{name}, copied"}): "full" for name in CHANGES}
        assert index.check() == []


# An outlet's own name put into a story, glued to what stands around it.
NAMES = {
    "Chinese": ("船长对", "晨光早报", "对港务局"),
    "Japanese": ("船長は", "あさなぎ新聞", "港湾局の調べ"),
    "Thai": ("กัปตันเล่าว่า", "ข่าวริมน้ำ", "หมอก"),
    "Arabic": ("الربان ", "أخبار النيل", "لسلطة الميناء إنه"),
    "Hindi": ("बताया ", "संध्या समाचार", "कि घने"),
    "Russian": ("объяснил, ", "Вечерний Маяк", "что в"),
    "Greek": ("είπε ", "Νέα Παραλίας", "στο"),
}


@pytest.mark.parametrize("language", NAMES)
def test_a_name_that_was_put_in_tells_who_copied(language: str, tmp_path: Path) -> None:
    story, (_, name, behind) = told_in(language), NAMES[language]
    assert story.count(behind) == 1
    copy = story.replace(behind, name + behind)
    pages = [
        Document("theirs", story, outlet="wire.example"),
        Document("ours", copy, outlet="mirror.example", site_name=name),
    ]
    with Index(tmp_path / "names.db", workers=1) as index:
        index.add(pages)
        (link,) = index.links()
        assert (link.copy, link.original, link.direction) == ("ours", "theirs", "decided")
        assert any("its own name" in reason and name in reason for reason in link.reasons)


def test_a_store_of_the_former_forms_of_words_is_refused(tmp_path: Path) -> None:
    with Index(tmp_path / "old.db", Settings(normaliser=1)):
        pass
    with pytest.raises(SettingsMismatch, match="normaliser"):
        Index(tmp_path / "old.db")


# Pages: what of them is the story.
PAGES = {
    "Chinese": (
        "首页|新闻|体育|财经",
        "首页 新闻 体育 财经 娱乐",
        "北港渡轮触礁 四十二人全部获救",
        "来源：晨光早报",
        "图：海员在甲板上等待",
        "相关阅读：",
        "面包师傅烤出一座小桥，孩子们排队走过……",
        "灯塔镇医院新楼启用",
    ),
    "Japanese": (
        "ホーム ニュース スポーツ",
        "フェリー座礁、乗客全員救助",
        "写真＝共同取材班",
        "シェアする",
        "保存",
        "関連記事",
        "パン職人が橋を焼く、子どもたちが列を作って…",
        "灯台病院に新館",
    ),
    "Thai": (
        "หน้าแรก ข่าว กีฬา",
        "เรือข้ามฟากชนหินโสโครก ผู้โดยสารปลอดภัย",
        "โดย ทีมข่าว",
        "แชร์",
        "พิมพ์",
        "ข่าวที่เกี่ยวข้อง",
        "คนทำขนมปังอบสะพานเล็ก ๆ ให้เด็กเดิน...",
        "โรงพยาบาลเปิดตึกใหม่",
    ),
    "Arabic": (
        "الرئيسية أخبار رياضة اقتصاد",
        "نجاة ركاب عبارة جنحت في الضباب",
        "بقلم سلمى",
        "شارك",
        "اطبع",
        "اقرأ أيضًا:",
        "خبز الفران العجوز في قرية الحجر الأخضر جسرا صغيرا ...",
        "افتتاح مستشفى المنارة",
    ),
    "Hindi": (
        "होम खबरें खेल व्यापार",
        "नौका चट्टान से टकराई, सभी यात्री बचे",
        "लेखक: संध्या",
        "साझा करें",
        "छापें",
        "यह भी पढ़ें",
        "हरे पत्थर गाँव के नानबाई ने आटे से एक छोटा पुल बनाया ...",
        "अस्पताल का नया भवन खुला",
    ),
    "Hebrew": (
        "ראשי חדשות ספורט",
        "נוסעי המעבורת חולצו",
        "מאת רות",
        "שתפו",
        "הדפיסו",
        "קראו גם",
        "האופה מהכפר אפה גשר קטן מקמח לילדים...",
        "נפתח אגף חדש",
    ),
    "Russian": (
        "Главная Новости Спорт",
        "Паром сел на риф, все люди спасены",
        "Текст: Вера Лис",
        "Поделиться",
        "Печать",
        "Читайте также:",
        "Пекарь испёк мост из муки, и дети прошли по нему...",
        "Открылся новый корпус",
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_of_a_page_the_story_is_the_body(language: str) -> None:
    lines = PAGES[language]
    above, below = lines[:-3], lines[-3:]
    text = "\n\n".join([*above, *STORIES[language], *below])
    starts, ends = body_spans(lay([text]))
    assert [text[start:end] for start, end in zip(starts, ends, strict=True)] == [told_in(language)]


ENDS = [
    "渡船。",
    "来了吗？",
    "「快走！」",
    "ｶﾞ｡",
    "هل وصلت؟",
    "آ گیا۔",
    "वह आया।",
    "ደረሰ።",
    "ရောက်ပြီ။",
    "មកដល់។",
    "եկավ։",
    "אמר.\u200f",
]
ENDS += ["sagte er.“", "dit-il. »", "（完。）", "said he.’”"]


@pytest.mark.parametrize("end", ENDS)
def test_a_short_line_with_an_end_mark_belongs_to_the_prose_beside_it(end: str) -> None:
    text = "\n".join([*STORIES["French"], end, "Menu", "Menu"])
    starts, ends = body_spans(lay([text]))
    assert [text[a:b].split("\n")[-1] for a, b in zip(starts, ends, strict=True)] == [end]
