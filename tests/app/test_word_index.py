"""Texts made of words are found by their words, and by exactly the rows that hold them: as without any index."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound.textindex import index_path, opened
from casebound.wordindex import wordy

# Words of many scripts, with letters that lower strangely, and every sign that ends a word or is part of one.
WORDS = (
    "alpha",
    "Alphabet",
    "beta_7",
    "STRASSE",
    "Straße",
    "İstanbul",
    "ΟΔΟΣ",
    "οδος",
    "naïve",
    "漢字",
    "42",
    "4711",
    "x",
    "I",
)
SIGNS = (" ", "  ", "-", ", ", "/", ".", "'", '"', ":", "_", "\t", "(", "😀", "\u00a0", "%")


def _text(chance: random.Random) -> str:
    return "".join(chance.choice(WORDS) + chance.choice(SIGNS) for _ in range(chance.randrange(1, 9)))


def _write(path: Path, rows: int, seed: int) -> None:
    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "ts", "prompt", "reply"])
        for number in range(rows):
            when = f"2026-03-01T{number // 60 % 24:02d}:{number % 60:02d}:00Z"
            long = "alpha " * 6_000 + f"far{number}" if number % 300 == 7 else _text(chance)
            writer.writerow([f"row{seed}x{number}", when, long, _text(chance) if chance.random() < 0.7 else ""])


class Both(tuple[Events, Events]):
    """With the index, and without."""

    def __repr__(self) -> str:
        return "both"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("words")
    for seed, rows in ((1, 900), (2, 400)):
        _write(folder / f"part{seed}.csv", rows, seed)
    with Case.create(folder / "w.casebound", "W", "Words", Actor("Ada")) as case:
        for seed in (1, 2):
            bring_in(case, folder / f"part{seed}.csv", table="prompts")
        assert case.build_text_indexes(least_rows=1) == 2
        sources = case.snapshot().sources
        for source in sources:
            with opened(index_path(case.path, source.generation), source.generation, source.kept) as index:
                assert index is not None
                assert (index.columns, set(index.words)) == (("id",), {"prompt", "reply"})
        bare = folder / "bare.casebound"
        shutil.copytree(case.path, bare, ignore=shutil.ignore_patterns("lock"))
        shutil.rmtree(bare / "text")
        with Events.open(case.path, sources) as fast, Events.open(bare, sources) as slow:
            yield Both((fast, slow))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).flatmap(lambda word: st.sampled_from([word.lower(), word.upper(), word[1:], word[:-1]])),
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SIGNS)), min_size=1, max_size=3).map(
        lambda parts: "".join(word + sign for word, sign in parts)
    ),
    st.tuples(st.sampled_from(SIGNS), st.sampled_from(WORDS)).map("".join),
    st.text("aeILßIi7_ -/İ字", min_size=1, max_size=4),
).filter(lambda text: text.strip() != "")


@settings(max_examples=250, deadline=None)
@given(PIECES, st.booleans(), st.one_of(st.none(), st.tuples(st.integers(0, 1_299), st.integers(0, 1_299))))
@example("alpha", False, None)
@example("i̇stanbul", False, None)
@example("pha-", True, None)
@example("far7", False, None)
def test_words_are_found_where_they_stand(both: Both, piece: str, without: bool, ends: tuple[int, int] | None) -> None:
    fast, slow = both
    where = ("-" if without else "") + _quoted(piece)
    window: tuple[int | None, int | None] = (None, None)
    if ends is not None:
        window = (int(slow.times[min(ends)]), int(slow.times[max(ends)]))
    expected = slow.select(where, *window).positions.tolist()
    assert fast.select(where, *window).positions.tolist() == expected, where
    assert fast.first(where, 5, *window) == expected[:5], where


def test_a_word_is_answered_by_the_index_alone(both: Both) -> None:
    fast, slow = both
    one = fast._rows[0]
    with opened(one.text_index, one.name, len(one.times)) as index:
        assert index is not None
        found = index.holding("alpha", 0, 900, 900)
        assert found is not None
        assert found.exact
        few = index.holding("alpha", 100, 200, 900)
        assert few is not None
        assert few.rows.tolist() == [row for row in found.rows.tolist() if 100 <= row < 200]
        narrowed = index.holding("alpha-beta_7", 0, 900, 900)
        assert narrowed is None or not narrowed.exact
        nothing = index.holding("nosuchword", 0, 900, 900)
        assert nothing is not None
        assert (nothing.rows.tolist(), nothing.exact) == ([], True)
        assert index.holding("-- ..", 0, 900, 900) is None  # no word in it
        long = index.always(900)
        assert long is not None
        assert long.tolist() == [7, 307, 607]
        assert index.always(2) is None
    assert fast.select("far307").count == slow.select("far307").count == 2


def test_names_are_told_from_words() -> None:
    assert wordy(["the same few words", "the same few words again", "few words"] * 3)
    assert not wordy([f"req{number}" for number in range(50)])
    assert not wordy([])
    assert not wordy(["- -", "…"[:0]])
