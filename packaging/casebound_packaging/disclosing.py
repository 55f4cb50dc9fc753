"""One exhibit given alone: its entry, the texts it needs, the proof, the certificate, and a script that checks them.

    with open_container(Path("CASE-7-v1.zip")) as package:
        write(Path("for-the-press"), of_package(package, "EX-0001"))

What is made is checked by the verifier before it appears, so that nothing is handed over that would not hold.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from casebound_packaging.canonical import load
from casebound_packaging.disclosure import Disclosure
from casebound_packaging.disclosure import parse as parse_disclosure
from casebound_packaging.errors import CannotWrite, CaseboundError, UnreadablePackage
from casebound_packaging.ledger import leaves
from casebound_packaging.tlogproof import prove
from casebound_packaging.verify.alone import examine_alone, script
from casebound_packaging.verify.alonefiles import ENTRY, SCRIPT, SIGNER, TEXTS
from casebound_packaging.verify.cms import check_signature
from casebound_packaging.verify.container import Container
from casebound_packaging.verify.contents import DISCLOSURES, LEDGER, TAG_MANIFEST, json_lines
from casebound_packaging.verify.trust import Trust

USUAL_TEXTS: Final = ("title",)
"""Texts of an attachment's entry that are given unless others are asked for."""

_LARGEST: Final = 512 << 20
_CHUNK: Final = 1 << 20

Watch = Callable[[int, int, str], None]


class CannotDisclose(CaseboundError):
    """An exhibit cannot be given alone: it is not there, or nothing proves it."""

    exit_code = 2


def _silent(done: int, total: int, note: str = "") -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Alone:
    """One exhibit with what proves it. `original` is the attachment's file name in the folder, or "" for an event.

    `entry` is the ledger line without its LF; `texts` are encoded disclosures, an event's record first; `proof` is the
    text of the `.tlog-proof`; `certificate` is of the key that signed the checkpoint. `content` gives the bytes.
    """

    exhibit: str
    entry: bytes
    texts: tuple[str, ...]
    proof: str
    certificate: x509.Certificate
    original: str = ""
    content: Callable[[], Iterable[bytes]] | None = None


def of_package(package: Container, exhibit: str, give: Sequence[str] | None = None) -> Alone:
    """An exhibit of a sealed package (ZIP or folder), with the proof to the package's own checkpoint.

    `give` names the texts to give besides those that the proof needs: fields of an event (None: all that the package
    has), or texts of an attachment's entry such as title, name, record (None: the title). The package is not verified
    here; `write` checks what is made of it, and must do so while the package is open.

    Raises `CannotDisclose` that says what is missing.
    """
    try:
        return _of_package(package, exhibit, give)
    except (ValueError, LookupError, TypeError, UnreadablePackage) as error:
        reason = error.title if isinstance(error, UnreadablePackage) else str(error)
        raise CannotDisclose(
            f"{exhibit} cannot be given alone: the package's records of it cannot be read ({reason}).",
            "Check the package; the answer names what is wrong with it.",
            meaning="Nothing was written.",
            where=exhibit,
        ) from error


def _of_package(package: Container, exhibit: str, give: Sequence[str] | None) -> Alone:
    names = frozenset(package.names) if package.readable else frozenset()
    record_path = f"data/exhibits/{exhibit}/exhibit.json"
    if record_path not in names:
        there = sorted(name.split("/")[2] for name in names if name.endswith("/exhibit.json"))
        raise CannotDisclose(
            f"The package has no exhibit {exhibit}.",
            f"It has {', '.join(there[:12])}{' …' if len(there) > 12 else ''}." if there else "It has no exhibits.",
            meaning="Nothing was written.",
            where=exhibit,
        )
    record = load(package.read(record_path, _LARGEST).removesuffix(b"\n"))
    lines = [line for _, line in json_lines(package.read(LEDGER, _LARGEST))]
    if not isinstance(record, dict):
        raise TypeError("exhibit.json is no object")
    seq = int(str(record["line_seq"]))
    told = _texts(package, seq)
    note = package.read(f"data/custody/checkpoints/{len(lines)}.checkpoint", _LARGEST).decode("utf-8")
    proof = prove([seq], leaves(lines), note)[0].text
    signature = check_signature(
        package.read("seals/01-examiner.p7s", _LARGEST),
        hashlib.sha256(package.read(TAG_MANIFEST, _LARGEST)).digest(),
    )
    if record.get("kind") == "attachment":
        file = str(record["file"])
        member = f"data/exhibits/{exhibit}/{file}"
        if member not in names:
            raise LookupError(f"{member} is not there")
        texts = attachment_texts(told, give)
        return Alone(exhibit, lines[seq], texts, proof, signature.signer, file, lambda: package.stream(member))
    listed = record.get("disclosures")
    fields = [parse_disclosure(str(one)) for one in listed] if isinstance(listed, list) else []
    return Alone(exhibit, lines[seq], event_texts(told, fields, give), proof, signature.signer)


def _texts(package: Container, seq: int) -> list[Disclosure]:
    """The texts that the package gives for one entry."""
    found = []
    for _, line in json_lines(package.read(DISCLOSURES, _LARGEST)):
        value = load(line)
        if isinstance(value, dict) and value.get("seq") == seq:
            found.append(parse_disclosure(str(value.get("disclosure"))))
    return found


def attachment_texts(told: Sequence[Disclosure], give: Sequence[str] | None) -> tuple[str, ...]:
    """The texts of an attachment's entry to give: the one that ties the file to it, and those asked for.

    Raises `CannotDisclose` for a name that is none of them.
    """
    wanted = USUAL_TEXTS if give is None else tuple(give)
    by_name = {text.name: text for text in told}
    _require(wanted, by_name.keys() | ({*USUAL_TEXTS} if give is None else set()))
    chosen = [by_name[name] for name in ("sha256", *wanted) if name in by_name]
    return tuple(dict.fromkeys(text.encoded for text in chosen))


def event_texts(
    told: Sequence[Disclosure], fields: Sequence[Disclosure], give: Sequence[str] | None
) -> tuple[str, ...]:
    """The texts of an event's exhibit to give: the record, which commits to the row, and the fields asked for.

    Raises `CannotDisclose` where the record was withheld, or for a name that is no field given.
    """
    record = next((text for text in told if text.name == "record"), None)
    if record is None:
        raise CannotDisclose(
            "This package does not give the record that commits to the event's fields.",
            "Ask its sender for a package that does.",
            meaning="Nothing was written.",
        )
    by_name = {field.name: field for field in fields}
    wanted = tuple(by_name) if give is None else tuple(give)
    _require(wanted, by_name.keys())
    return tuple(dict.fromkeys([record.encoded, *(by_name[name].encoded for name in wanted)]))


def _require(wanted: Sequence[str], known: Iterable[str]) -> None:
    strange = [name for name in wanted if name not in set(known)]
    if strange:
        raise CannotDisclose(
            f"There is no text called {', '.join(strange)} to give.",
            f"There are {', '.join(sorted(known))}." if known else "There are none besides those that the proof needs.",
            meaning="Nothing was written.",
        )


def write(folder: Path, alone: Alone, progress: Watch = _silent) -> tuple[str, ...]:
    """Make the folder, whole or not at all, readable by its owner only. Returns the names of the files in it.

    Raises `CannotWrite` where the folder is there with something in it or cannot be made, and `CannotDisclose` where
    what was made does not prove the exhibit.
    """
    half = folder.with_name(f".half-{secrets.token_hex(8)}")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FileExistsError(17, "it is there and not empty")
        folder.parent.mkdir(parents=True, exist_ok=True)
        half.mkdir(mode=0o700)
        _fill(half, alone, progress)
        _prove(half, alone, progress)
        if folder.exists():
            folder.rmdir()
        half.rename(folder)
    except OSError as fault:
        raise CannotWrite(
            f"{folder} could not be made: {fault.strerror or fault}.",
            "Name a folder that is not there yet, or make room on the disk.",
            meaning="Nothing was written.",
            where=str(folder),
        ) from None
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return tuple(sorted(item.name for item in folder.iterdir()))


def _fill(folder: Path, alone: Alone, progress: Watch) -> None:
    _put(folder / ENTRY, [alone.entry])
    _put(folder / TEXTS, [text.encode("ascii") + b"\n" for text in alone.texts])
    _put(folder / f"{alone.exhibit}.tlog-proof", [alone.proof.encode("utf-8")])
    _put(folder / SIGNER, [alone.certificate.public_bytes(Encoding.PEM)])
    _put(folder / SCRIPT, [script()], 0o700)
    if alone.content is not None:
        _put(folder / alone.original, _watched(alone.content(), progress, f"Copying {alone.original}"))


def _watched(pieces: Iterable[bytes], progress: Watch, note: str) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        done += len(piece)
        progress(done, 0, note)
        yield piece


def _put(path: Path, pieces: Iterable[bytes], mode: int = 0o600) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _prove(folder: Path, alone: Alone, progress: Watch) -> None:
    """What was made is judged as its recipient will judge it, with the certificate's own fingerprint."""
    fingerprint = hashlib.sha256(alone.certificate.public_bytes(Encoding.DER)).hexdigest()
    report = examine_alone(folder, Trust(signer_fingerprint=fingerprint), progress)
    if report.findings:
        first = report.findings[0]
        raise CannotDisclose(
            f"{alone.exhibit} cannot be given alone: {first.problem[:1].lower()}{first.problem[1:]}",
            "Check the package or case that it is from; the answer names what is wrong.",
            meaning="Nothing was written: a recipient could not have verified it.",
            where=first.item,
        )
