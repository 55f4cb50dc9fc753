"""Which of the older character sets a text is in, judged by how well what it would say looks like writing.

Each candidate reads the same sample. A character counts for as much as it is usual in the languages the set is for,
at the
place where it stands: Greek or Russian in whole words, accented letters among plain ones, capitals only in front.
What cannot
be decoded counts against. Nothing here changes a byte: the answer is a proposal with its evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from casebound.importers import transcoding

_SAMPLE = 16 * 1024
_OPINION = 8 * 1024
_CLOSE = 0.15  # a candidate that scores so much less than the best is an alternative
_WEAK = 0.45  # below this nothing fits well
_SHORT = 40  # characters beyond ASCII; fewer do not tell one set from another for certain
_PLAIN = bytes(range(0x80))
_BEFORE = 64  # bytes
_CONCORDANCE = b"\xfe\x14\xfe"

WORDS = {
    "cp1252": "Windows-1252 (Western European)",
    "latin-1": "Latin-1 (ISO 8859-1)",
    "mac-roman": "Mac Roman",
    "cp850": "DOS code page 850 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "iso-8859-2": "ISO 8859-2 (Central European)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Russian)",
    "iso-8859-7": "ISO 8859-7 (Greek)",
    "cp932": "Shift JIS (Windows-932)",
    "euc-jp": "EUC-JP (Japanese)",
    "gb18030": "GBK/GB 18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "cp950": "Big5 as Windows-950 has it",
    "cp949": "EUC-KR (Korean, Windows-949)",
    "utf-8": "Unicode",
    "utf-16-le": "Unicode, low byte first",
    "utf-16-be": "Unicode, high byte first",
    "utf-32-le": "Unicode, low byte first",
    "utf-32-be": "Unicode, high byte first",
    "iso-8859-3": "South European",
    "iso-8859-4": "Baltic",
    "iso-8859-5": "Cyrillic",
    "iso-8859-6": "Arabic",
    "iso-8859-8": "Hebrew",
    "iso-8859-9": "Turkish",
    "iso-8859-10": "Nordic",
    "iso-8859-11": "Thai",
    "iso-8859-13": "Baltic",
    "iso-8859-14": "Celtic",
    "iso-8859-15": "Western European with €",
    "iso-8859-16": "Romanian",
    "shift_jis": "Japanese, JIS X 0208 alone",
    "gbk": "simplified Chinese",
    "big5hkscs": "Big5 with the signs of Hong Kong",
    "euc-kr": "Korean, KS X 1001 alone",
    "cp1253": "Windows, Greek",
    "cp1255": "Windows, Hebrew",
    "cp1256": "Windows, Arabic",
    "cp1257": "Windows, Baltic",
    "cp1258": "Windows, Vietnamese",
    "cp874": "Windows, Thai",
    "koi8-u": "Ukrainian",
    "cp437": "DOS, United States",
    "cp852": "DOS, Central European",
    "cp866": "DOS, Cyrillic",
}
"""Every encoding that can be read, for people (`casebound.importers.encodings.KNOWN`)."""
_WESTERN = "éèêëàâäáãåæçîïíìôöóòõøœùûüúñß"
_SIGNS = "’‘“”–—…€£©®°§«»•¿¡\xa0"
_SELDOM = "ýþðšžÿªº²³½¼¾µ±×·¹†‡‰ƒ´¨¸"
_LESS_USUAL = frozenset("òìõûïîôœùŕţźĺ")
_PRIOR = {"cp1250": 0.92, "iso-8859-2": 0.91, "cp1254": 0.92, "mac-roman": 0.98, "cp850": 0.97, "koi8-r": 0.98}
"""Where two sets fit alike, the one that is met more often."""
_LATIN = {
    "cp1252": _WESTERN,
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűâăîşţ",
    "iso-8859-2": "ąćęłńóśźżáčďéěíňřšťúůýžäöüßőűâăîşţ",
    "cp1254": "ğışçöüâîûé",
}
_ALPHABETS = {
    "cp1251": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ", 20),
    "koi8-r": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", 20),
    "iso-8859-7": ("αοιετσνηυρπκμλςωγδάίόέήύώθχφβξζψϊϋΐΰ", 24),
}
_SIMPLIFIED = frozenset(
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能"
    "好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意"
    "进把法此实回二理美点月明其种声全工己话者向情部正名定女问力机给等几很业最间新打便位因重被走电四第门相次东政海口使"
    "教西再平真听世气信北少关并内加化由却代军产入先山五太水万市别处总场师书比住员性通目华报立马命张活难神数件安表原车"
    "应路期常提感金何更反合放做系计或司利受光王果界及今京务制解各任至物台记边共接它许特直服林题建南度统色字请交论百科"
    "元社术结指思非流每管连远资带条院变联言权展该领传近留治决周保达办运城强区即求品士转量技程告江语英基满式李息写识"
    "户账登录密码支付请求错误成功失败测试数据时间地址来源类型状态编号备注姓名刘陈杨赵黄吴徐孙胡朱郭林何高梁郑罗宋谢唐"
)
_TRADITIONAL = frozenset(
    "的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可里後小麼心多天而能"
    "好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意"
    "進把法此實回二理美點月明其種聲全工己話者向情部正名定女問力機給等幾很業最間新打便位因重被走電四第門相次東政海口使"
    "教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市別處總場師書比住員性通目華報立馬命張活難神數件安表原車"
    "應路期常提感金何更反合放做系計或司利受光王果界及今京務制解各任至物台記邊共接它許特直服林題建南度統色字請交論百科"
    "元社術結指思非流每管連遠資帶條院變聯言權展該領傳近留治決周保達辦運城強區即求品士轉量技程告江語英基滿式李息寫識"
    "戶帳登錄密碼支付請求錯誤成功失敗測試數據時間地址來源類型狀態編號備註姓名劉陳楊趙黃吳徐孫胡朱郭林何高梁鄭羅宋謝唐臺灣"
)
_KOREAN = frozenset(
    "이다는에의을가하고지로은도를한사기서어인정대자나리시보수아부여일전해원주라구제공상있조그국것만문동으들장스성과연위"
    "신내유학발경모무방세개비선생니면소오계실안우업중회관드화식현재민김박최강윤임오류확결승호용접속계정요청오류날짜시간"
)
_PUNCTUATION = frozenset("、。，．・：；？！（）「」『』《》“”‘’…—～　【】〈〉ー％")
_EAST = ("cp932", "euc-jp", "gb18030", "big5", "cp949")
_BASES = {"cp932": "shift_jis", "euc-jp": "euc_jp", "gb18030": "gb2312", "big5": "big5", "cp949": "euc_kr"}
_LEVEL_ONE = {"cp932": 0x98, "euc-jp": 0xD0, "gb18030": 0xD8, "big5": 0xC7, "cp949": 0xC9}
"""The lead bytes below this hold the usual characters of the set."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The set that fits best, one or two sentences on why, and other sets that fit nearly as well."""

    name: str
    evidence: str
    alternatives: tuple[str, ...] = ()


def judge(blocks: list[bytes]) -> Judgement:
    """Judge blocks of a file that is not UTF-8; each but the first may begin within a line."""
    sample = _sample(blocks)
    if _CONCORDANCE in sample:
        sample = sample.replace(_CONCORDANCE, b",").replace(b"\xfe", b"").replace(b"\xae", b" ")
        if sample.isascii():
            said = "þ and ® stand as in a Concordance load file in Windows-1252, and nothing else is beyond ASCII."
            return Judgement("cp1252", said)
    high = sum(byte >= 0x80 for byte in sample)
    scores = {name: score for name in (*_LATIN, *_ALPHABETS, *_EAST) if (score := _score(sample, name)) is not None}
    if not scores:
        return Judgement(_fallback(sample), "Bytes are not UTF-8, and no character set fits them. Check the preview.")
    best = max(scores, key=lambda name: scores[name])
    text = _decoded(sample, best)
    others = [
        name
        for name in sorted(scores, key=lambda name: -scores[name])
        if name != best and scores[name] >= max(scores[best] - _CLOSE, 0.1) and _decoded(sample, name) != text
    ]
    if scores[best] < _WEAK:
        best, others = _fallback(sample), [name for name, score in scores.items() if score >= scores[best] - _CLOSE]
        others = [name for name in others if name != best]
    sure = scores.get(best, 0.0) >= _WEAK
    shown = _example(_decoded(sample, best))
    words = [f"{high:,} bytes looked at are not UTF-8; read as {WORDS[best]} they say words such as “{shown}”."]
    if not sure:
        words = [
            f"{high:,} bytes looked at are not UTF-8, and no character set fits them well.",
            f"{WORDS[best]} is proposed; check the preview.",
        ]
    if best == "cp1252" and not any(0x80 <= byte < 0xA0 for byte in sample):
        words.append("Latin-1 reads them alike.")
    if high < _SHORT or others or not sure:
        words += _doubt(sample, best, others, high)
    return Judgement(best, " ".join(words), tuple(others[:3]))


def second_opinion(sample: bytes) -> str:
    """What charset-normalizer says of a short sample: a Python codec's name, or ""."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample[:_OPINION], steps=3, chunk_size=256).best()
    return found.encoding if found else ""


def _doubt(sample: bytes, best: str, others: list[str], high: int) -> list[str]:
    words = []
    if others:
        read = ", ".join(f"{WORDS[name]} (“{_example(_decoded(sample, name))}”)" for name in others[:3])
        words.append(f"It could also be {read}.")
    elif high < _SHORT:
        words.append("They are too few to be certain.")
    opinion = second_opinion(sample)
    if opinion:
        same = _decoded(sample, best) == _decoded(sample, opinion)
        words.append(
            "charset-normalizer, asked for a second opinion, reads them alike."
            if same
            else f"charset-normalizer, asked for a second opinion, says {opinion.replace('_', '-')}."
        )
    return words


def _sample(blocks: list[bytes]) -> bytes:
    """Lines with bytes beyond ASCII, up to so many bytes."""
    found: list[bytes] = []
    size = 0
    for index, block in enumerate(blocks):
        start = 0 if index == 0 else max(0, block.find(b"\n") + 1)
        for whole in block[start:].splitlines(keepends=True):
            if whole.isascii():
                continue
            first = len(whole) - len(whole.lstrip(_PLAIN))  # of a long line, the part that tells
            line = whole[max(0, first - _BEFORE) :][:_SAMPLE]
            found.append(line)
            size += len(line)
            if size >= _SAMPLE:
                return b"".join(found)[:_SAMPLE]
    return b"".join(found)


def _decoded(sample: bytes, name: str) -> str:
    return sample.decode(name, transcoding.ERRORS)


def _score(sample: bytes, name: str) -> float | None:
    """How usual the characters beyond ASCII are, from -1 to 1; None where half of them cannot be."""
    text = _decoded(sample, name)
    counted = sum(character > "\x7f" for character in text)
    wrong = sum("\ud800" <= character <= "\udfff" for character in text)
    if not counted or wrong > counted // 2:
        return None
    weight = _eastern(text, name) if name in _EAST else _lettered(text, name)
    return _PRIOR.get(name, 1.0) * (weight - 3 * wrong) / counted


def _eastern(text: str, name: str) -> float:
    total = 0.0
    common = {"gb18030": _SIMPLIFIED, "big5": _TRADITIONAL, "cp949": _KOREAN}.get(name, frozenset())
    for character, count in Counter(character for character in text if character > "\x7f").items():
        total += count * _eastern_weight(character, name, common)
    return total


def _eastern_weight(character: str, name: str, common: frozenset[str]) -> float:
    if "\ud800" <= character <= "\udfff":
        return 0.0
    if character in _PUNCTUATION:
        return 0.6
    if name in ("cp932", "euc-jp") and "\u3041" <= character <= "\u30ff":
        return 1.0
    if character in common:
        return 1.0
    try:
        raw = character.encode(_BASES[name])
    except UnicodeEncodeError:
        return -0.2
    if len(raw) != 2:
        return 0.1  # half-width katakana: one byte each, and seldom met
    if raw[0] < (0xA4 if name == "big5" else 0x88 if name == "cp932" else 0xB0):
        return 0.2
    return 0.55 if raw[0] < _LEVEL_ONE[name] else 0.1


def _lettered(text: str, name: str) -> float:
    latin = name in _LATIN
    letters, usual = (_LATIN[name], 99) if latin else _ALPHABETS[name]
    weights = {letter: 1.0 if index < usual else 0.5 for index, letter in enumerate(letters)}
    if latin:
        weights |= {letter: 0.7 for letter in letters if letter in _LESS_USUAL}
    total = 0.0
    for index, character in enumerate(text):
        if character <= "\x7f":
            continue
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        total += _letter_weight(character, before, after, weights, latin)
    return total


def _letter_weight(character: str, before: str, after: str, weights: dict[str, float], latin: bool) -> float:
    if "\ud800" <= character <= "\udfff":
        return 0.0
    if character in _SIGNS:
        return 0.6
    if not character.isprintable():
        return -1.0
    weight = weights.get(character.lower(), 0.0)
    if not weight:
        return 0.1 if character in _SELDOM else 0.0
    if character.isupper() and before.islower():
        return 0.0
    if latin:
        # An accented letter has plain ones beside it.
        if before > "\x7f" or after > "\x7f":
            return 0.3 * weight
        return weight if before.isalpha() or after.isalpha() else 0.4 * weight
    if (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha()):
        return 0.1 * weight
    beside = before.isalpha() or after.isalpha()
    return weight * (1.0 if beside else 0.2) * (0.7 if character.isupper() and after.isupper() else 1.0)


def _fallback(sample: bytes) -> str:
    """Windows-1252, or Latin-1 where bytes mean nothing in it."""
    return "latin-1" if any(byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) for byte in sample) else "cp1252"


def _example(text: str) -> str:
    """The first words with characters beyond ASCII, as far as they can be shown."""
    words = [
        word
        for word in re.split(r"[\s,;|\"]+", text[:4096])
        if not word.isascii() and word.isprintable() and not any("\ud800" <= one <= "\udfff" for one in word)
    ]
    found = " ".join(dict.fromkeys(words))
    return found if len(found) <= 24 else found[:24] + "…"
