"""Every named member of the corpus, in the order in which they are published."""

from __future__ import annotations

from functools import cache

from corpus_bytes import FILES, SEALS
from corpus_ledger import LEDGERS
from corpus_member import Member, Workshop
from corpus_outside import OUTSIDE
from corpus_report import REPORTS
from corpus_seed import published_seed
from corpus_signers import SIGNERS, STAMPS
from corpus_statements import FORMS, LISTS, STATEMENTS, SUMS
from corpus_witnesses import WITNESSES
from corpus_zips import ZIPS

MEMBERS: tuple[Member, ...] = (
    *SIGNERS,
    *STAMPS,
    *WITNESSES,
    *OUTSIDE,
    *FILES,
    *SEALS,
    *LEDGERS,
    *REPORTS,
    *SUMS,
    *STATEMENTS,
    *LISTS,
    *FORMS,
    *ZIPS,
)


def member(name: str) -> Member:
    """One of them."""
    return next(one for one in MEMBERS if one.name == name)


@cache
def made(one: Member) -> Workshop:
    """A member as it is published: the seed, with what was done to it."""
    shop = Workshop.of(published_seed())
    one.act(shop)
    return shop
