"""One member of the corpus: what was done, by whom, what it breaks, and what a verifier must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from corpus_cast import CAST
from corpus_press import SteadyInsider
from corpus_seed import Seed
from tampering import Files, packed

from casebound_packaging.identity import Identity

PNG = "data/exhibits/EX-0001/original.png"
LETTER = "data/exhibits/EX-0002/original.txt"
ATTACHMENT = "data/exhibits/EX-0001/exhibit.json"
EVENT = "data/exhibits/EX-0003/exhibit.json"
LEDGER = "data/custody/ledger.jsonl"
DISCLOSURES = "data/custody/disclosures.jsonl"
PACKAGE = "data/metadata/package.json"
COMPLETENESS = "data/completeness.json"
REPORT = "data/report.pdf"
TABLE = "data/tables/requests.csv"
SCHEMA = "data/tables/requests.schema.json"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SEAL = "seals/01-examiner.p7s"
SSH_SEAL = "seals/01-examiner.sig"
STAMP = "seals/01-examiner.p7s.tsr"
BASE = ("UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")
"""The limits of the seed, for somebody who brings the organisation's root."""


@dataclass
class Workshop:
    """A package on somebody's table. `zip` is set where the ZIP is not simply made of `files`.

    `beside` are files beside the ZIP, by what follows its name.
    """

    top: str
    files: Files
    zip: bytes | None = None
    beside: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: Seed) -> Workshop:
        return cls(seed.top, dict(seed.files))

    @property
    def insider(self) -> SteadyInsider:
        """The examiner, with their key."""
        return SteadyInsider(CAST.examiner)

    def relist(self, **how: bool) -> None:
        """The examiner makes lists, report and seals anew."""
        self.insider.relist(self.files, **how)

    def by(self, identity: Identity) -> SteadyInsider:
        return SteadyInsider(identity)

    @property
    def packed(self) -> bytes:
        return packed(self.top, self.files) if self.zip is None else self.zip


Act = Callable[[Workshop], None]


@dataclass(frozen=True)
class Given:
    """What the person who verifies brings: names of files in trust/, and the fingerprint in `signer`."""

    trust: str = "root.pem"
    signer: str = ""
    tsa: str = ""
    against: tuple[str, ...] = ()
    allowed: str = "allowed_signers"  # for ssh-keygen
    system_store: bool = False  # another authority stands in the system's certificate store

    def arguments(self, folder: str) -> str:
        """As options of a verifier's command line."""
        words = [f"--trust {folder}/{self.trust}"] if self.trust else []
        words += [f"--signer {self.signer}"] if self.signer else []
        words += [f"--tsa-trust {folder}/{self.tsa}"] if self.tsa else []
        words += [f"--against {folder}/{name}" for name in self.against]
        return " ".join(words)


ROOT = Given()
FINGERPRINT = Given(trust="", signer=CAST.examiner.fingerprint)
NOTHING = Given(trust="")


@dataclass(frozen=True)
class Member:
    """`breaks` are aspects (corpus_checkers.py). `finds` are (check, part of the item) of findings that must be there.

    `kind` is one of the words that README.md defines: valid, invalid, tampered. `seals` are those that a recipient
    checks with stock programs. `folder` says whether the folder unpacked from it is to be judged alike.
    """

    name: str
    words: str
    kind: str
    by: str
    act: Act
    breaks: frozenset[str] = frozenset()
    finds: tuple[tuple[str, str], ...] = ()
    given: Given = ROOT
    verdict: str = "not-verified"
    limits: tuple[str, ...] = ()
    seals: tuple[str, ...] = ("01-examiner",)
    folder: bool = True

    @property
    def exit_code(self) -> int:
        return {"verified": 0, "not-verified": 1, "not-a-package": 2, "verified-with-limits": 3}[self.verdict]


def tampered(name: str, words: str, act: Act, breaks: str, *finds: tuple[str, str], **more: object) -> Member:
    """Changed by somebody without the key, after it was sealed. `breaks` are aspects, separated by spaces."""
    return Member(name, words, "tampered", "stranger", act, frozenset(breaks.split()), finds, **more)  # type: ignore[arg-type]


def rewritten(name: str, words: str, act: Act, breaks: str, *finds: tuple[str, str], **more: object) -> Member:
    """Changed by somebody with the key, who made lists, report and seals anew."""
    return Member(name, words, "tampered", "insider", act, frozenset(breaks.split()), finds, **more)  # type: ignore[arg-type]


def invalid(name: str, words: str, act: Act, breaks: str, *finds: tuple[str, str], **more: object) -> Member:
    """Not of the format, whoever made it so."""
    return Member(name, words, "invalid", "anybody", act, frozenset(breaks.split()), finds, **more)  # type: ignore[arg-type]


def valid(name: str, words: str, act: Act, *limits: str, **more: object) -> Member:
    """To be accepted, with exactly these limits."""
    verdict = "verified-with-limits" if limits else "verified"
    return Member(name, words, "valid", "nobody", act, verdict=verdict, limits=limits, **more)  # type: ignore[arg-type]


def sealed_anew(act: Act, **how: bool) -> Act:
    """`act`, and then lists, report and seals made to fit by the examiner's own key."""

    def done(shop: Workshop) -> None:
        act(shop)
        shop.relist(**how)

    return done
