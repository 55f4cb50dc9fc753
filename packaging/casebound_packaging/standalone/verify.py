#!/usr/bin/env python3
# Python 3.8 and the standard library only; short before modern.
# ruff: noqa: PTH112, PTH118, PTH123, PTH208, BLE001, B904, B905, UP017, RUF005
# mypy: ignore-errors
"""Check an evidence package (format version 1) with Python's standard library and the openssl program, nothing else.

    python3 verify.py PACKAGE [--trust ROOT.pem] [--signer FINGERPRINT] [--against OLDER.checkpoint ...]
                              [--accept LIMIT,...]

PACKAGE is the ZIP, or the folder unpacked from it. Nothing is written beside temporary files, and no network is used.
Get this file, and the root certificate or fingerprint, from somewhere else than the package: whoever made the package
also made the copy inside it. Exit codes: 0 verified, 1 not verified, 2 not a package or wrong usage, 3 verified with
limits (0 where --accept names every one of them).

What it checks, in this order, which is also the order of the code:

    1 container  the ZIP is what it seems: no entry twice, hidden, overlapping, or leading out of its folder
    2 files      nothing missing, nothing added, every SHA-256 as in the two lists; they give the evidence root
    3 seals      the second list is signed (CAdES through openssl, and OpenSSH), by the signer that was expected
    4 ledger     each entry follows the one before it, attachments are chained, texts are those committed to, the end
                 is signed, and nothing differs from the older states given with --against
    5 exhibits   each is the file that the ledger attached, or the event whose fields it committed to
    6 sums       every sum of completeness.json, and the rows and attachments that are really there
    7 report     signed as a whole by the same signer, nothing after it, and about this evidence

What it cannot check stands in NOT_CHECKED below, and is printed every time. A pass means that the contents are
unchanged since signing. It does not mean that what they record is true.

To read it: main() and check() come first, then one part for each number above, then the tools that all parts use.
`wrong(check, item, text)` notes a fault; one fault, and the package is not verified.
"""

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import namedtuple
from datetime import datetime, timezone

NOT_CHECKED = [
    "time stamps (.tsr): use openssl ts -verify with the root certificate of the service",
    "certificate revocation: use openssl verify -crl_check with a fresh CRL",
    "whether the report's signature forbids changes (DocMDP), and what the report shows: use pdfsig, and read it",
    "receipts of others: use casebound-verify",
    "captions, titles and the recipient against the ledger; timeline, chronology and rows against the exhibits",
    "the form of JSON (RFC 8785) and of single ledger entries; times, hash and attributes in the seal itself",
    "whether queries and views give their numbers again, and whether the rows enclosed are those of the originals",
]
LIMITS = {
    "UNATTRIBUTED": "nobody outside the package confirmed who the signer is",
    "SELF-ISSUED": "the signer issued the certificate to themselves",
    "UNSTAMPED": "no time stamp was checked; the time is the signer's own clock",
    "UNWITNESSED": "nothing older from outside was compared",
    "PARTIAL": "rows or attachments were left out, as the completeness statement says",
    "REDACTED": "some fields, or texts or entries of the ledger, were withheld from this recipient",
    "EXPIRED": "the signer's certificate has expired since, and no time stamp proves that the seal is older",
}
FIRST_LINE = {
    "verified": "VERIFIED (verified): everything holds against trust from outside.",
    "verified-with-limits": "VERIFIED, with limits (verified-with-limits): ",
    "not-verified": "NOT VERIFIED (not-verified): something is not as it was sealed. Do not rely on it.",
    "not-a-package": "NOT A PACKAGE (not-a-package): ",
}
FOOTER = "A pass means the contents are unchanged since signing. It does not say that what they record is true."
EXIT_CODES = {"verified": 0, "not-verified": 1, "not-a-package": 2, "verified-with-limits": 3}

INFO, SUMS, REPORT = "data/metadata/package.json", "data/completeness.json", "data/report.pdf"
LEDGER, TEXTS = "data/custody/ledger.jsonl", "data/custody/disclosures.jsonl"
LIST, TAG_LIST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
MARKS = ("bagit.txt", TAG_LIST, INFO)  # a file with none of these is something else
REQUIRED = (INFO, SUMS, REPORT, LEDGER, TEXTS, LIST, TAG_LIST, "bagit.txt", "bag-info.txt", "README-VERIFY.txt")
REQUIRED += ("certs/root.pem", "certs/allowed_signers")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
BAD_PART = re.compile(r"(?i)\..*|.*\.|(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
EXHIBIT = re.compile(r"data/exhibits/(EX-[0-9]{4,})/exhibit\.json")
ROW = re.compile(r"([0-9a-f]{64})(?:!(.*))?/([^/]*)/(0|[1-9][0-9]{0,17})", re.DOTALL)

# Bounds, so that a file made to exhaust its reader is refused before it can.
MOST_ENTRIES, LARGEST_DIRECTORY = 200000, 64 << 20
LARGEST_FILE, LARGEST_JSON, MOST_VALUES = 512 << 20, 96 << 20, 3000000  # bytes read whole, of JSON, values in it
LARGEST_TAG_FILE = 16 << 20
MOST_FAULTS, LONGEST_ROW, MOST_PAGES = 1000, 64 << 20, 1 << 15
SECONDS = 300  # for one call of openssl

Given = namedtuple("Given", "root fingerprints against")  # trust from outside: PEM, {hex}, [older checkpoints]
Answer = namedtuple("Answer", "verdict reason limits wrong told not_checked")


class NotAPackage(Exception):
    """The file is something else, unreadable, or of a newer format: neither good nor bad."""


def main(arguments=None):
    options = argparse.ArgumentParser(prog="verify.py", description="Check an evidence package without its maker.")
    options.add_argument("package", help="the ZIP, or the folder unpacked from it")
    options.add_argument("--trust", metavar="ROOT.pem", help="root certificate, from outside the package")
    options.add_argument("--signer", metavar="FINGERPRINT", default="", help="SHA-256 of certificate or key")
    options.add_argument("--against", metavar="FILE", nargs="+", default=[], help="older checkpoints of the same case")
    options.add_argument("--accept", metavar="LIMIT,...", default="", help="limits that are in order")
    asked = options.parse_args(arguments)
    prints = {re.sub(r"[\s:-]", "", text).lower() for text in asked.signer.split(",") if text.strip()}
    accept = {text.strip().upper() for text in asked.accept.split(",") if text.strip()}
    if any(not re.fullmatch(r"[0-9a-f]{64}", text) for text in prints):
        options.error("a fingerprint has 64 hexadecimal digits")
    if accept - set(LIMITS):
        options.error("there is no limit called " + ", ".join(sorted(accept - set(LIMITS))))
    try:
        with open(asked.trust or os.devnull, "rb") as file:
            root = file.read(1 << 24)
        older = [read_checkpoint(path) for path in asked.against]
    except (OSError, ValueError) as error:
        options.error(str(error))
    if asked.trust and b"-----BEGIN CERTIFICATE-----" not in root:
        options.error(asked.trust + " holds no certificate in PEM form")
    if not shutil.which("openssl"):
        options.error("the program openssl is needed and was not found")
    answer = check(asked.package, Given(root, prints, older))
    print_answer(asked.package, answer)
    if answer.verdict == "verified-with-limits" and set(answer.limits) <= accept:
        return 0
    return EXIT_CODES[answer.verdict]


def check(path, given):
    """The Answer for one file or folder, whatever it is. Never an exception, and never a pass for what was not read."""
    one = Examination(given)
    try:
        one.run(path)
    except (NotAPackage, OSError) as error:
        return Answer("not-a-package", str(error), [], [], [], [])
    except Exception as error:  # a form that no package has
        one.wrong("contents", "package", "a check could not be finished: " + type(error).__name__)
    limits = [name for name in LIMITS if name in one.limits]
    verdict = "not-verified" if one.faults else "verified-with-limits" if limits else "verified"
    return Answer(verdict, "", [] if one.faults else limits, one.faults, one.told, one.not_checked)


def print_answer(path, answer):
    """The verdict first; then what holds, what is wrong, what limits it, what was not checked. ASCII only: nothing in
    a package may act on a terminal."""
    more = {"not-a-package": f"{path!r}: {answer.reason}", "verified-with-limits": ", ".join(answer.limits)}
    lines = [FIRST_LINE[answer.verdict] + more.get(answer.verdict, "")]
    lines += [f"  {part:<11} {text}" for part, text in answer.told]
    lines += [f"  WRONG  [{part}] {item}: {text}" for part, item, text in answer.wrong]
    lines += [f"  LIMIT  {name}: {LIMITS[name]}" for name in answer.limits]
    lines += [f"  not checked: {text}" for text in answer.not_checked]
    if answer.verdict != "not-a-package":
        lines.append(FOOTER)
    try:
        print("\n".join(ascii(line)[1:-1] for line in lines), flush=True)
    except BrokenPipeError:  # whoever read it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# ---------------------------------------------------------------------- 1 container


class Folder:
    """A package that was unpacked. Links are never followed."""

    def __init__(self, path, fault):
        self.path, self.top, self.names, everything = path, None, [], []
        for folder, folders, files in os.walk(path):
            for name in sorted(folders + files):
                full = os.path.join(folder, name)
                short = os.path.relpath(full, path).replace(os.sep, "/")
                mode = os.lstat(full).st_mode
                everything.append(short)
                if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                    fault(short, "is a link, or no file")
                elif stat.S_ISREG(mode):
                    self.names.append(short)
            if len(everything) > MOST_ENTRIES:
                fault("", "there are more files than a package may have")
                break
        self.known = known_names(self.names)
        check_names(everything, fault)

    def open(self, name):
        return open(os.path.join(self.path, *name.split("/")), "rb")

    def holds(self, path):
        """Does a file that was given from outside lie in here?"""
        return os.path.realpath(path).startswith(os.path.realpath(self.path) + os.sep)


class Zip:
    """A package in its ZIP, examined as such before anything in it is read."""

    def __init__(self, path, fault):
        self.zip = opened_zip(path)
        entries = self.zip.infolist()
        names = [entry.orig_filename for entry in entries]
        self.top = next((name.partition("/")[0] for name in names if name.endswith(MARKS)), "")
        self.names = [name[len(self.top) + 1 :] for name in names]
        self.known = known_names(self.names)
        if len({name.partition("/")[0] for name in names}) != 1 or "" in self.known:
            fault("", "there is not exactly one folder in the ZIP, with everything in it")
        if len(entries) > MOST_ENTRIES:
            fault("", "there are more entries than a package may have")
        check_names(names, fault)
        for entry in entries:
            self.kind(entry, fault)
        self.places(path, entries, fault)

    def holds(self, path):
        return False

    def kind(self, entry, fault):
        """An entry is a plain file, stored or deflated, and written as every package writes it."""
        item, plain = entry.orig_filename, entry.compress_type in (0, 8) and entry.external_attr >> 28 in (0, 8)
        written = (entry.create_system, entry.external_attr & 0xFFFFFFF, entry.internal_attr, entry.date_time)
        if not plain or entry.flag_bits or entry.comment or entry.volume:
            fault(item, "is encrypted, a link, or of an unknown kind")
        elif written != (3, 0o644 << 16, 0, (1980, 1, 1, 0, 0, 0)):
            fault(item, "was packed again by another program: unpack, check the folder")
        if entry.file_size > 64 << 20 and entry.file_size > 500 * max(entry.compress_size, 1):
            fault(item, "would unpack to far more than any file does")

    def places(self, path, entries, fault):
        """Entries lie one after the other without gap or overlap, and their own headers agree with the directory."""
        place = 0
        with open(path, "rb") as file:
            for entry in sorted(entries, key=lambda entry: entry.header_offset):
                item = entry.orig_filename
                file.seek(max(entry.header_offset, 0))
                header = file.read(30)
                if entry.header_offset != place or header[:4] != b"PK\3\4" or len(header) < 30:
                    fault(item, "overlaps another entry, or bytes lie between them")
                    return
                version, flags, method, time, date = struct.unpack("<5H", header[4:14])
                crc, packed, size, name_length, extra_length = struct.unpack("<3I2H", header[14:30])
                name, extra = file.read(name_length), file.read(extra_length)
                size, packed = widened(extra, size, packed)
                if size is None or widened(entry.extra, 0, 0)[0] is None:
                    fault(item, "has an extra field that a package does not have")
                own = (version, flags, method, time, date, crc, packed, size)
                stated = (entry.extract_version, entry.flag_bits, entry.compress_type, 0, 0x21)
                stated += (entry.CRC, entry.compress_size, entry.file_size)
                if own != stated or name != item.encode("utf-8", "replace"):
                    fault(item, "its own header differs from the ZIP directory")
                place += 30 + name_length + extra_length + entry.compress_size
            file.seek(-22, 2)
            mark, disk, first_disk, here, count, _, _, comment = struct.unpack("<4s4H2IH", file.read(22))
        if place != self.zip.start_dir:
            fault("", "there are bytes that belong to no entry")
        ended = (mark, disk, first_disk, here, comment) == (b"PK\5\6", 0, 0, count, 0)
        if not ended or count not in (len(entries), 0xFFFF):
            fault("", "there are bytes after the end of the ZIP, or it counts its entries wrongly")

    def open(self, name):
        return self.zip.open(f"{self.top}/{name}")


def opened_zip(path):
    """The ZIP, once its directory is known to be of a size that can be read."""
    try:
        with open(path, "rb") as file:
            length = file.seek(0, 2)
            file.seek(max(length - 98, 0))
            tail = file.read()
        size = struct.unpack("<I", tail[-10:-6])[0] if len(tail) >= 22 else 0
        if size == 0xFFFFFFFF and len(tail) == 98 and tail[:4] == b"PK\6\6":  # zip64
            size = struct.unpack("<Q", tail[40:48])[0]
        if tail[-22:-18] == b"PK\5\6" and size > LARGEST_DIRECTORY:
            raise NotAPackage("its ZIP directory is larger than that of any package")
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, IndexError, OverflowError) as error:
        raise NotAPackage(f"it is no readable ZIP file: {error}")


def widened(extra, size, packed):
    """(size, packed size) with a zip64 field applied where they ask for it; None for any other extra field."""
    if not extra:
        return size, packed
    if len(extra) < 4 or struct.unpack("<2H", extra[:4]) != (1, len(extra) - 4) or len(extra) % 8 != 4:
        return None, None
    values = list(struct.unpack(f"<{len(extra) // 8}Q", extra[4:]))
    size = values.pop(0) if size == 0xFFFFFFFF and values else size
    return size, values.pop(0) if packed == 0xFFFFFFFF and values else packed


def bad_name(name):
    """A name that could mean another place, or two things on two systems."""
    return not NAME.fullmatch(name) or len(name) > 119 or any(BAD_PART.fullmatch(part) for part in name.split("/"))


def check_names(names, fault):
    seen = set()
    for name in names:
        if bad_name(name) or name.lower() in seen:
            fault(name, "is not a plain relative name, or two files have it on some systems")
        seen.add(name.lower())


def known_names(names):
    if not set(MARKS) & set(names):
        raise NotAPackage("it has none of the files that make a package")
    return set(names)


# ---------------------------------------------------------------------- 2 to 7, on what the container holds


class Examination:
    """One package, and what was found so far."""

    def __init__(self, given):
        self.given, self.package, self.info = given, None, {}
        self.signer = self.key = b""  # of the first seal, once it holds: certificate (PEM) and key (SPKI, DER)
        self.faults, self.told, self.hashed = [], [], {}
        self.limits, self.not_checked = {"UNSTAMPED", "UNWITNESSED"}, list(NOT_CHECKED)

    def wrong(self, part, item, text):
        if len(self.faults) < MOST_FAULTS:  # more help nobody, and could fill the memory
            self.faults.append((part, item, text))

    def run(self, path):
        kind = Folder if os.path.isdir(path) else Zip
        self.package = kind(path, lambda item, text: self.wrong("container", item, text))
        if kind is Zip and self.faults:
            return  # to read on would mean to trust a container that lies
        self.info = self.json(INFO, "inventory")
        if self.info and self.info.get("format") != "casebound-package":
            raise NotAPackage(INFO + " is of another format")
        version = self.info.get("format_version")
        if self.info and (type(version) is not int or version != 1):
            raise NotAPackage(f"it is of format version {version}; this program knows version 1")
        payload, tags, lines = self.lists()
        self.files(payload, tags)
        octets = self.hashes(payload, tags)
        self.evidence(lines, octets, len(payload))
        self.seals()
        leaves, records, texts = self.ledger()
        self.witnesses(leaves)
        exhibits = self.exhibits(leaves, records, texts)
        self.sums(exhibits, records)
        self.report()
        self.told.append(("verify.py", self.own_copy()))

    # ------------------------------------------------------------------ 2 files

    def lists(self):
        """Both lists of files as {path: SHA-256}, and the lines of the first as bytes."""
        listed, kept = [], []
        for name in (LIST, TAG_LIST):
            paths, lines = {}, self.lines(name, "inventory", 67)
            if len(lines) > MOST_ENTRIES:
                self.wrong("inventory", name, "lists more files than a package may have")
                lines = []
            for line in lines:
                match = re.fullmatch(rb"([0-9a-f]{64})  ([ -~]+)", line)
                path = match.group(2).decode("ascii") if match else ""
                if not match or bad_name(path) or path in paths:
                    self.wrong("inventory", name, "has a line that is not one hash, two spaces and a new path")
                else:
                    paths[path] = match.group(1).decode("ascii")
            if list(paths) != sorted(paths):
                self.wrong("inventory", name, "is not sorted")
            listed.append(paths)
            kept.append(lines)
        return listed[0], listed[1], kept[0]

    def files(self, payload, tags):
        """Nothing missing, nothing added, each file in the list where it belongs."""
        listed, there = dict(payload, **tags), set(self.package.names)
        for name in sorted((set(listed) | set(REQUIRED)) - there):
            self.wrong("inventory", name, "missing; the signed list names it, or every package has it")
        for name in sorted(there - set(listed) - {TAG_LIST}):
            if not name.startswith("seals/"):
                self.wrong("inventory", name, "added; the signed list does not name it")
        outside = [path for path in payload if not path.startswith("data/")]
        if outside + [path for path in tags if path.startswith(("data/", "seals/")) or path == TAG_LIST]:
            self.wrong("inventory", "the two lists", "a file stands in the wrong one")

    def hashes(self, payload, tags):
        """Every SHA-256 is as listed, and as package.json says. Returns the size of the payload in bytes."""
        listed, there = dict(payload, **tags), set(self.package.names)
        files = {item["path"]: item for item in self.info.get("files", [])}
        if sorted(files) != sorted(set(payload) - {INFO}) or list(files) != sorted(files):
            self.wrong("inventory", INFO, "does not list the files that " + LIST + " lists, in order")
        good, octets = 0, 0
        for name in sorted(set(listed) & there):
            try:
                found, size = self.digest(name)
            except Exception as error:  # whatever a damaged ZIP entry makes the libraries say
                self.wrong("contents", name, "cannot be read: " + type(error).__name__)
                continue
            good += found == listed[name]
            octets += size if name in payload else 0
            if found != listed[name]:
                self.wrong("contents", name, f"does not match: signed {listed[name]}, found {found}")
            elif name in files and (files[name].get("sha256"), files[name].get("size")) != (found, size):
                self.wrong("contents", name, "package.json gives another hash or size")
            elif name in tags and name != LIST and size > LARGEST_TAG_FILE:
                self.wrong("contents", name, "is larger than such a file may be")
        self.told.append(("files", f"{good} of {len(listed)} listed files are present and match"))
        return octets

    def evidence(self, lines, octets, count):
        """Evidence root, package id and size are those of this evidence.

        The root covers everything that was there before the report, which prints it, was made.
        """
        evidence = [line for line in lines if line[66:] not in (REPORT.encode(), INFO.encode())]
        root = tree_roots([leaf(line) for line in evidence])[len(evidence)].hex()
        number = re.sub(r"[^A-Za-z0-9._-]", "-", str(self.info.get("case", {}).get("number")))
        name = f"{number}-v{self.info.get('version')}"
        package_id = f"{name}-{root[:12]}"
        if (self.info.get("evidence_root"), self.info.get("package_id")) != (root, package_id):
            self.wrong("contents", INFO, "evidence root or package id is not of this evidence")
        if self.package.top not in (None, name):
            self.wrong("contents", self.package.top, "the folder should be called " + name)
        bag = self.read("bag-info.txt", "contents").decode("utf-8", "replace").splitlines()
        if not {f"External-Identifier: {package_id}", f"Payload-Oxum: {octets}.{count}"} <= set(bag):
            self.wrong("contents", "bag-info.txt", "package id or size are not as found")
        if self.read("bagit.txt", "contents") != BAGIT:
            self.wrong("contents", "bagit.txt", "does not say that this is a BagIt 1.0 bag")

    # ------------------------------------------------------------------ 3 seals

    def seals(self):
        """Every seal that package.json expects has its two signatures, both by one key, over the list of tag files."""
        expected = self.info.get("seals_expected") or []
        there = {name for name in self.package.names if name.startswith("seals/")}
        wanted = {f"seals/{name}.{kind}" for name in expected for kind in ("p7s", "sig")}
        for name in sorted(wanted - there):
            self.wrong("inventory", name, "missing; package.json expects this seal")
        for name in sorted(there - wanted - {f"seals/{name}.p7s.tsr" for name in expected}):
            self.wrong("inventory", name, "added; no such seal is expected")
        if not expected or [name[:3] for name in expected] != [f"{n:02d}-" for n in range(1, len(expected) + 1)]:
            self.wrong("inventory", INFO, "does not say which seals must be there, numbered 01, 02 and so on")
        told, keys = [], set()
        signed = self.read(TAG_LIST, "seal")
        for name in expected[:99]:  # there are two digits
            signer = self.cades(f"seals/{name}.p7s", signed) if f"seals/{name}.p7s" in there else b""
            if not signer:
                continue
            key = public_key(signer)
            if name == expected[0]:
                self.signer, self.key = signer, key
            if key in keys:
                self.wrong("seal", f"seals/{name}.p7s", "is by the same key as another seal")
            keys.add(key)
            self.openssh(f"seals/{name}.sig", signed, key)
            told.append(f"{name} by {self.who(f'seals/{name}.p7s', signer, key, name == expected[0])}")
        self.told.append(("seals", "; ".join(told) or "no seal holds"))

    def cades(self, item, signed):
        """One CAdES seal, through openssl. Returns the signer's certificate (PEM), or b"" where it does not hold.

        Without --trust the seal is checked against the certificates it carries itself: that shows that its bytes
        belong together and says nothing about who made it, which the limit UNATTRIBUTED says.
        """
        seal = self.read(item, "seal")
        carried = openssl("pkcs7 -inform DER -print_certs", seal)[1].encode()
        if len(seal) > 1 << 20 or carried.count(b"BEGIN CERTIFICATE") > 32:
            self.wrong("seal", item, "is larger, or holds more certificates, than a signature can")
            return b""
        if der_end(seal) != len(seal):  # openssl reads a signature to its end, and not what stands behind it
            self.wrong("seal", item, "is cut, or has something behind its end")
            return b""
        # Without -no-CApath and -no-CAstore openssl would also trust every authority that the system trusts.
        command = "cms -verify -cades -binary -inform DER -in @seal -content @signed -no-CApath -no-CAstore"
        # With -partial_chain whatever was given is believed, be it a root, an authority below it, or the signer's own.
        command += " -CAfile @root -partial_chain -purpose any -signer @signer -out @out"
        command += f" -attime {epoch(self.info.get('sealed_at')) or 0}"
        files = {"seal": seal, "signed": signed, "root": self.given.root or carried}
        code, output, made = openssl(command, **files)
        if code != 0 and "nknown option" in output:  # LibreSSL has no -cades
            self.not_checked.append("signing-certificate-v2 in seals: this openssl does not know -cades")
            code, output, made = openssl(command.replace("-cades ", ""), **files)
        if code != 0:
            reasons = re.findall(r"Verify error: ?(.*)|error:[^:]*:[^:]*:[^:]*:([^:]*):", output)
            reason = "".join(reasons[-1]) if reasons else "it is no signature"
            self.wrong("seal", item, "openssl refuses it: " + reason)
        elif made["signer"].count(b"BEGIN CERTIFICATE") != 1:
            self.wrong("seal", item, "there must be exactly one signature in the file")
        else:
            return made["signer"]
        return b""

    def openssh(self, item, signed, key):
        """One OpenSSH signature (PROTOCOL.sshsig) by the key (SPKI, DER) that made the CAdES seal beside it."""
        if not key.startswith(P256):
            self.not_checked.append(item + ": this program knows ECDSA P-256 only; use ssh-keygen -Y verify")
            return
        try:
            lines = self.read(item, "seal")[: 1 << 16].decode("ascii").strip("\n").split("\n")
            if (lines[0], lines[-1]) != ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"):
                raise ValueError("no first and last line")
            blob = base64.b64decode("".join(lines[1:-1]), validate=True)
            public, namespace, reserved, hash_name, signature = ssh_texts(blob[10:], 5)
            _, curve, point = ssh_texts(public, 3)
            kind, numbers = ssh_texts(signature, 2)
            r_and_s = ssh_texts(numbers, 2)
        except (ValueError, struct.error):
            self.wrong("seal", item, "is no OpenSSH signature")
            return
        # An ASN.1 INTEGER and an SSH mpint have the same bytes, so openssl can check what ssh-keygen would.
        asn1 = b"".join(b"\2" + bytes([len(number)]) + number for number in r_and_s if len(number) < 64)
        parts = (namespace, reserved, hash_name, hashlib.sha512(signed).digest())
        covered = b"SSHSIG" + b"".join(struct.pack(">I", len(part)) + part for part in parts)
        form = (blob[:10], curve, kind, namespace, reserved, hash_name)
        if form != (b"SSHSIG\0\0\0\1", b"nistp256", b"ecdsa-sha2-nistp256", b"evidence-package", b"", b"sha512"):
            self.wrong("seal", item, "is of another kind, or made for another purpose")
        elif P256 + point != key:
            self.wrong("seal", item, "is by another key than the CAdES seal beside it")
        elif not signature_holds(key, covered, b"\x30" + bytes([len(asn1)]) + asn1):
            self.wrong("seal", item, "does not hold: it is over other bytes")

    def who(self, item, pem, key, leading):
        """The certificate that sealed, against package.json and against what was given from outside. Returns a name."""
        certificate, own = sha256(unarmoured(pem)), sha256(key)
        facts = openssl("x509 -noout -subject -issuer -startdate -enddate", pem)[1].splitlines()
        subject, issuer, start, end = (line.partition("=")[2].strip() for line in facts)
        stated = self.info.get("signer") or {}
        if leading and {stated.get("fingerprint"), stated.get("key")} != {certificate, own}:
            self.wrong("seal", item, "is not by the signer that package.json names")
        named = bool({certificate, own} & self.given.fingerprints)
        if self.given.fingerprints and not named and leading:
            text = f"is not by the signer whose fingerprint was given; it is {sorted([certificate, own])}"
            self.wrong("signer", item, text)
        # Under the root is not yet authorised: the certificate must also be for signing documents.
        authorised = self.for_documents(item, pem) and self.given.root
        self.limits |= set() if named or authorised else {"UNATTRIBUTED"}
        self.limits |= {"SELF-ISSUED"} if subject == issuer else set()
        self.limits |= {"EXPIRED"} if leading and openssl("x509 -noout -checkend 0", pem)[0] != 0 else set()
        sealed, form = epoch(self.info.get("sealed_at")), "%b %d %H:%M:%S %Y GMT"
        if sealed is None or not epoch(start, form) <= sealed + 1 <= epoch(end, form) + 1:
            self.wrong("signer", item, "the certificate was not valid when the seal is said to have been made")
        return f"{subject}, certificate {certificate}"

    def for_documents(self, item, pem):
        """Whether the certificate is marked for signing documents (RFC 9336); a fault where it is for other things."""
        lines = openssl("x509 -noout -ext extendedKeyUsage,keyUsage", pem)[1].splitlines()
        said = dict(zip(lines[::2], lines[1::2]))  # a heading, and below it what openssl makes of the extension
        uses = "".join(text for head, text in said.items() if "X509v3 Extended Key Usage" in head)
        usage = "".join(text for head, text in said.items() if "X509v3 Key Usage" in head)
        marked = "1.3.6.1.5.5.7.3.36" in uses or "Document Signing" in uses
        if uses and not (marked or "E-mail" in uses or "Any Extended" in uses):
            self.wrong("signer", item, "the certificate is for another purpose than signing documents")
        if usage and not ("Digital Signature" in usage or "Non Repudiation" in usage):
            self.wrong("signer", item, "the certificate's key is not for signatures")
        return marked

    # ------------------------------------------------------------------ 4 ledger

    def ledger(self):
        """The chain of entries, the chain of attachments in it, the texts given with it, and its signed end.

        Returns the entries' hashes, the entries, and {entry number: [(name, value)]} of the texts.
        """
        leaves, records = self.chain()
        self.attachments(leaves, records)
        last, this = records[-1] if records else {}, {"type": "package", "id": str(self.info.get("version"))}
        if last.get("action") != "export-prepared" or last.get("item") != this:
            self.wrong("custody", LEDGER, "does not end with the making of this package: its end is missing")
        omitted = sum("omitted" in record for record in records)
        text = f"{len(leaves)} entries, each following the one before ({omitted} of them only as hashes)"
        self.told.append(("ledger", text))
        texts = self.texts(records)
        self.names_before(records, texts)
        self.checkpoints(leaves)
        return leaves, records, texts

    def chain(self):
        """Each entry has its number, and names the hash of the one before. Returns the hashes, and the entries.

        An entry's hash is SHA-256(0x00, line), which makes it a leaf of the RFC 6962 tree whose root the checkpoint
        signs. Of an entry withheld from this recipient only its hash is here, and the chain goes on.
        """
        leaves, records, before = [], [], "0" * 64
        for seq, line in enumerate(self.lines(LEDGER, "custody", 85)):
            item, own, record = f"ledger entry {seq}", leaf(line), {}
            try:
                read = parse(line)
                if "omitted" in read:
                    own = bytes.fromhex(read["omitted"])
                elif read["prev"] != before:
                    self.wrong("custody", item, "does not follow the entry before it: the chain is broken here")
                if read["seq"] != seq or len(own) != 32:
                    self.wrong("custody", item, "is out of order")
                record = read
            except (ValueError, KeyError, TypeError):
                self.wrong("custody", item, "is not a line of this format")
            leaves.append(own)
            records.append(record)
            before = own.hex()
        return leaves, records

    def attachments(self, leaves, records):
        """Each entry that attached something names the one that did so before it, unless that one is withheld."""
        number, previous, between = 0, "0" * 64, set()  # between: hashes of the entries withheld since
        for seq, record in enumerate(records):
            item, own = f"ledger entry {seq}", leaves[seq].hex()
            if "omitted" in record:
                between.add(own)
            if record.get("action") != "attached":
                continue
            try:
                missing, link = record["attachment"] - number - 1, record["attachment_prev"]
                if missing < 0:
                    self.wrong("custody", item, f"attachment {record['attachment']} is out of order")
                elif missing == 0 and link != previous:
                    self.wrong("custody", item, f"attachment {record['attachment']} does not follow the one before")
                elif missing > 0 and (link not in between or missing > len(between)):
                    self.wrong("custody", item, f"{missing} attachments before it are neither given nor withheld")
                number, previous, between = record["attachment"], own, set()
            except (KeyError, TypeError):
                self.wrong("custody", item, "does not say which attachment it is")

    def names_before(self, records, texts):
        """A copy of a case goes on under a log origin of its own, and its entry `copied` says which one it had."""
        self.origin = str(self.info.get("case", {}).get("log_origin"))
        self.names = {self.origin: len(records)}  # {log origin: entries under it}
        for seq, record in enumerate(records):
            for name, value in texts.get(seq, []) if record.get("action") == "copied" else []:
                if name != "prior" or not isinstance(value, dict) or set(value) != {"log_origin", "size"}:
                    continue
                if is_count(value["size"]) and value["size"] == seq:
                    self.names[str(value["log_origin"])] = seq
                    self.told.append(("ledger", f"of a copy: up to entry {seq} it was {value['log_origin']}"))

    def texts(self, records):
        """Every text given is one that its entry committed to: base64url(SHA-256(text)) stands in the entry's _sd."""
        given, digests = {}, set()
        for line in self.lines(TEXTS, "custody", 60):
            try:
                entry = parse(line)
                seq = entry.pop("seq")
                digest, name, value = disclosed(entry.pop("disclosure"))
                if entry or not is_count(seq) or digest in digests or digest not in records[seq]["_sd"]:
                    self.wrong("custody", TEXTS, f"a text is not what ledger entry {seq} commits to")
                digests.add(digest)
                given.setdefault(seq, []).append((name, value))
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, binascii.Error):
                self.wrong("custody", TEXTS, "has a line that discloses nothing the ledger commits to")
        committed = sum(len(record.get("_sd") or []) for record in records)
        if committed > len(digests) or any("omitted" in record for record in records):
            self.limits.add("REDACTED")
        return given

    def checkpoints(self, leaves):
        """The signed end of the ledger, and older signed states enclosed: C2SP signed notes, by the signer's key."""
        names = [name for name in self.package.names if re.fullmatch(r"data/custody/checkpoints/\d+\.checkpoint", name)]
        end = f"data/custody/checkpoints/{len(leaves)}.checkpoint"
        if end not in names:
            self.wrong("custody", end, "missing: the ledger was cut, or its end was never signed")
        sizes = {name: int(re.sub(r"\D", "", name)) for name in names}
        roots, origin = tree_roots(leaves, set(sizes.values())), self.info.get("case", {}).get("log_origin")
        stated = {"origin": origin, "size": len(leaves), "root": roots[len(leaves)].hex()}
        if self.info.get("checkpoint") != stated:
            self.wrong("custody", INFO, "its checkpoint is not of this ledger")
        self.told.append(("checkpoint", "{size} entries, root {root}, of {origin}".format(**stated)))
        for name in names:
            body, _, tail = self.read(name, "custody").decode("utf-8", "replace").partition("\n\n")
            own, size = body.split("\n")[0], sizes[name]
            known = size in roots and size > 0
            right = f"{own}\n{size}\n{base64.b64encode(roots[size]).decode()}" if known else ""
            if body != right or size > self.names.get(own, 0):
                self.wrong("custody", name, "is not of this ledger")
            elif self.signer:
                self.note_signature(name, body + "\n", tail, own, name == end)

    def note_signature(self, name, body, tail, origin, must):
        """A note's signature line: a dash, the name of the key, base64(first 4 bytes of SHA-256(key), signature)."""
        key, ours = self.key, []
        for line in tail.splitlines():
            parts = line.split(" ")
            data = unbase64(parts[2]) if len(parts) == 3 else b""
            if data[:4] == hashlib.sha256(key).digest()[:4] and parts[:2] == ["\u2014", origin]:
                ours.append(data[4:])
        if len(ours) > 1 or (must and not ours):  # an older state may be signed by the key of that time
            self.wrong("custody", name, "is not signed once by the signer of the package")
        elif ours and not signature_holds(key, body.encode(), ours[0]):
            self.wrong("custody", name, "its signature does not hold")

    def witnesses(self, leaves):
        """Older states that somebody outside kept. Against someone who rewrote all of it, nothing else helps."""
        for path, (theirs, size, root) in self.given.against:
            if self.package.holds(path):
                self.told.append(("witness", f"{path} lies in the package itself, and is no witness to it"))
            elif theirs != self.origin and size > self.names.get(theirs, 0):
                self.wrong("custody", path, "is of another custody record")
            elif size > len(leaves):
                self.told.append(("witness", f"{path} is of a later state; it cannot be compared"))
            elif tree_roots(leaves, {size})[size] != root:
                self.wrong("custody", path, f"the first {size} entries are not those seen before: they were rewritten")
            else:
                self.limits.discard("UNWITNESSED")
                self.told.append(("witness", f"{path} agrees: the first {size} entries were seen before"))

    # ------------------------------------------------------------------ 5 exhibits

    def exhibits(self, leaves, records, texts):
        """Each exhibit names a ledger entry by number and hash; the entry names its file, or the event's fields.

        Returns {path of exhibit.json: exhibit}.
        """
        found, levels = {}, tree_levels(leaves)
        unknown = {name for name in self.package.names if name.startswith("data/exhibits/")}
        for name in self.package.names:
            match = EXHIBIT.fullmatch(name)
            if not match:
                continue
            exhibit = found[name] = self.json(name, "custody")
            folder = name[: -len("exhibit.json")]
            unknown -= {name, f"{folder}{exhibit.get('file')}", f"{folder}{match.group(1)}.tlog-proof"}
            try:
                seq, number = exhibit["line_seq"], match.group(1)
                self.proof(f"data/exhibits/{number}/{number}.tlog-proof", seq, levels)
                if not is_count(seq) or leaves[seq].hex() != exhibit["line_hash"] or exhibit["exhibit"] != number:
                    self.wrong("custody", name, f"is of another exhibit, or names ledger entry {seq} by another hash")
                elif exhibit["kind"] == "event":
                    self.event(name, exhibit, records[seq], texts.get(seq, []), number)
                elif exhibit["kind"] == "attachment":
                    self.attachment(name, exhibit, records[seq], texts.get(seq, []))
                else:
                    self.wrong("custody", name, "is neither an attachment nor an event")
            except Exception:  # a field missing or of another kind, an entry missing, a file damaged
                self.wrong("custody", name, "does not fit the ledger")
        for name in sorted(unknown):
            self.wrong("completeness", name, "is no part of any exhibit")
        return found

    def attachment(self, name, exhibit, record, texts):
        """The file beside it is the file that the entry attached, at the same place in the chain of attachments."""
        seq, file = exhibit["line_seq"], name.replace("exhibit.json", exhibit["file"])
        place = (exhibit["attachment"], exhibit["previous_line_hash"])
        if record["action"] != "attached" or (record["attachment"], record["attachment_prev"]) != place:
            self.wrong("custody", name, f"ledger entry {seq} attached something else")
        hashes = set(record["inputs"] + record["outputs"] + [value for key, value in texts if key == "sha256"])
        hashes |= {value.get("sha256") for key, value in texts if key == "record"}
        if exhibit["sha256"] not in hashes or self.digest(file) != (exhibit["sha256"], exhibit["size"]):
            self.wrong("custody", file, f"is not the file that ledger entry {seq} attached")

    def event(self, name, exhibit, record, texts, number):
        """The entry committed to every field of the row; what is given of them in words is what was committed to."""
        committed = [value.get("_sd") for key, value in texts if key == "record"]
        if record["item"] != {"type": "exhibit", "id": number} or exhibit["_sd"] not in committed:
            self.wrong("custody", name, f"ledger entry {exhibit['line_seq']} does not commit to these fields")
        fields = {}
        for text in exhibit["disclosures"]:
            digest, key, value = disclosed(text)
            if digest not in exhibit["_sd"] or key in fields:
                self.wrong("custody", name, "gives a field that was not committed to, or one twice")
            fields[key] = value
        if fields != exhibit["fields"]:
            self.wrong("custody", name, "its readable fields are not those that were committed to")
        if len(exhibit["_sd"]) > len(exhibit["disclosures"]):
            self.limits.add("REDACTED")
        row = exhibit["event"]
        inside = f"!{row['member']}" if row["member"] else ""
        if row["id"] != f"{row['sha256']}{inside}/{row['table']}/{row['ordinal']}" or not ROW.fullmatch(row["id"]):
            self.wrong("completeness", name, "its row identity is not of this row")

    def proof(self, name, seq, levels):
        """A C2SP tlog-proof: the hashes that lead from one ledger entry to the root of the signed checkpoint."""
        if name not in self.package.known:
            return
        note = self.read(f"data/custody/checkpoints/{len(levels[0])}.checkpoint", "custody")
        steps = [level[seq >> up ^ 1] for up, level in enumerate(levels) if seq >> up ^ 1 < len(level)]
        lines = "".join(base64.b64encode(step).decode() + "\n" for step in steps)
        if self.read(name, "custody") != f"c2sp.org/tlog-proof@v1\nindex {seq}\n{lines}\n".encode() + note:
            self.wrong("custody", name, f"does not prove that ledger entry {seq} stands in the signed ledger")

    # ------------------------------------------------------------------ 6 sums

    def sums(self, exhibits, records):
        """The completeness statement: every sum in it, and the rows, attachments and entries that are really there."""
        statement = self.json(SUMS, "completeness")
        rows_left_out = self.sources(statement.get("sources", []), self.rows(exhibits))
        files_left_out = self.attached(statement.get("attachments", {}), exhibits)
        lines, omitted = len(records), sum("omitted" in record for record in records)
        if statement.get("ledger") != {"lines": lines, "omitted": omitted}:
            self.wrong("completeness", SUMS, "the ledger is not as long as stated")
        self.declared(statement.get("complete"), rows_left_out or files_left_out)
        good = not any(part == "completeness" for part, _, _ in self.faults)
        self.told.append(("sums", "every sum balances" if good else "see below"))

    def sources(self, sources, there):
        """As many rows of each original are there as its sources say. Returns whether some were left out."""
        stated, partial = {}, False
        for source in sources:
            try:
                self.source(source)
                origin = (source["sha256"], source["table"])
                stated[origin] = stated.get(origin, 0) + source["enclosed"]
                partial = partial or source["cited"] != source["kept"]
            except (KeyError, TypeError):
                self.wrong("completeness", SUMS, "a source lacks a count, or has one that is none")
        for origin in sorted(set(stated) | set(there)):
            said, found = stated.get(origin, 0), there.get(origin, 0)
            if said != found:
                text = f"states {said} rows of {origin[1]} in {origin[0]}; {found} are there"
                self.wrong("completeness", SUMS, text)
        return partial

    def attached(self, counts, exhibits):
        """As many attachments are there as stated. Returns whether some were left out."""
        attached = [(name, one) for name, one in exhibits.items() if one.get("kind") == "attachment"]
        files = [name.replace("exhibit.json", one["file"]) for name, one in attached]
        octets = sum(self.digest(file)[1] for file in files if file in self.package.known)
        if (counts.get("enclosed"), counts.get("bytes_enclosed")) != (len(attached), octets):
            text = f"attachments: {len(attached)} with {octets} bytes are there, not as stated"
            self.wrong("completeness", SUMS, text)
        withheld = counts.get("withheld")
        if not is_count(withheld) or counts.get("held") != len(attached) + withheld:
            self.wrong("completeness", SUMS, "attachments held are not those enclosed and withheld")
        return withheld != 0

    def declared(self, complete, partial):
        """What package.json and the statement declare is what was found."""
        limits = self.info.get("limits")
        if not isinstance(limits, list) or not set(limits) <= {"PARTIAL", "REDACTED"}:
            self.wrong("completeness", INFO, "does not declare its limits as the format says")
            limits = []
        if ("PARTIAL" in limits) != partial or complete is not (not partial):
            self.wrong("completeness", SUMS, "says the opposite of its own numbers, or of package.json")
        if ("REDACTED" in limits) != ("REDACTED" in self.limits):
            self.wrong("completeness", INFO, "says the opposite of what is withheld from this recipient")
        self.limits |= set(limits)

    def source(self, source):
        """The sums of one source: every row that was read is accounted for."""

        def balance(total, parts, text):
            if not all(is_count(count) for count in [total] + parts) or total != sum(parts):
                self.wrong("completeness", f"{source['source']} {source['file']}", text)

        def counts(one, *keys):
            return [one[key] for key in keys]

        made = ("kept", "quarantined", "duplicates")
        balance(source["read"], counts(source, *made), "read is not kept + set aside + duplicates")
        parts = counts(source, "cited", "filtered", "not_selected")
        balance(source["kept"], parts, "kept is not cited + filtered + not selected")
        balance(source["cited"], [source["enclosed"]], "rows cited are not the rows enclosed")
        reasons = [reason["count"] for reason in source["quarantine_reasons"]]
        balance(source["quarantined"], reasons, "the reasons do not account for every row set aside")
        if source.get("repeated") is not None:
            repeated = [one["count"] for one in source["repeated"]]
            balance(source["duplicates"], repeated, "the repeated rows are not accounted for")
        for mend in source.get("mends") or []:
            balance(mend["read"], counts(mend, *made), "the sums of a mend do not balance")
        if source.get("set_aside") is not None and source["set_aside"] not in self.package.known:
            self.wrong("completeness", source["set_aside"], "the rows set aside are said to be enclosed, and are not")

    def rows(self, exhibits):
        """{(original, table): rows enclosed in tables or as event exhibits}; no row stands twice in the tables."""
        seen = Rows()
        for name in self.package.names:
            if name.startswith("data/tables/") and name.endswith(".csv"):
                self.table(name, seen)
        for exhibit in exhibits.values():
            if exhibit.get("kind") == "event":
                seen.add(exhibit["event"]["id"])
        return seen.counts

    def table(self, name, seen):
        """One table has as many rows, of the originals, as its description says."""
        rows, originals = -1, set()
        try:
            for rows, identity in enumerate(self.first_cells(name)):
                if rows == 0 and identity != "_row":
                    raise ValueError("its first column is not _row")
                if rows > 0:
                    original, new = seen.add(identity)
                    originals.add(original)
                    if not new:
                        self.wrong("completeness", name, f"row {rows} stands in the tables twice")
        except Exception as error:  # damaged, cut, or no table at all
            self.wrong("completeness", name, "cannot be read as a table: " + type(error).__name__)
        schema = self.json(name[:-4] + ".schema.json", "completeness")
        if schema.get("rows") != rows or not originals <= set(schema.get("sources") or []):
            self.wrong("completeness", name, "does not have the rows that its description states")

    def first_cells(self, name):
        """The first cell of every record of a table (RFC 4180), its header's first."""
        with self.package.open(name) as raw:
            file, inside, cell = io.BufferedReader(raw, 1 << 18), False, b""
            for line in iter(lambda: file.readline(LONGEST_ROW), b""):
                if not line.endswith(b"\n"):
                    raise ValueError("the last row is cut off, or a row is longer than a row may be")
                if not inside:
                    quoted = line[:1] == b'"'
                    cell = line[1:].replace(b'""', b"\0").split(b'"', 1)[0].replace(b"\0", b'"')
                    cell = cell if quoted else line.rstrip(b"\n").split(b",", 1)[0]
                if line.count(b'"') % 2:  # an odd number of quotes opens or closes a cell that spans lines
                    inside = not inside
                if not inside:
                    yield cell.decode("utf-8", "replace")
            if inside:
                raise ValueError("the last row is cut off")

    # ------------------------------------------------------------------ 7 report

    def report(self):
        """The PDF has one signature, over all of it, by the signer of the first seal; and it names this evidence.

        Every byte of the file but the signature's own is covered, so nothing can have been added to it later. This
        reads no PDF: where the signature stands is said by /ByteRange, in plain bytes.
        """
        data = self.read(REPORT, "report", LARGEST_FILE)
        places = re.findall(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]", data)
        if len(places) != 1 or data.count(b"/ByteRange") != 1:
            self.wrong("report", REPORT, f"there must be exactly one signature; there are {len(places)}")
            return
        start, length, resume, rest = map(int, places[0])
        match = re.fullmatch(rb"<([0-9A-Fa-f]+)>", data[length:resume])
        if start != 0 or resume + rest != len(data) or not match or len(match.group(1)) % 2:
            self.wrong("report", REPORT, "was changed after it was signed: the signature does not cover the whole file")
            return
        # Who signed is not asked of any root here: it must be the certificate that holds the first seal.
        command = "cms -verify -binary -inform DER -in @seal -content @signed -noverify -signer @signer -out @out"
        files = {"seal": binascii.unhexlify(match.group(1)), "signed": data[:length] + data[resume:]}
        code, _, made = openssl(command, **files)
        if code != 0:
            self.wrong("report", REPORT, "its signature does not hold")
        elif self.signer and unarmoured(made["signer"]) != unarmoured(self.signer):
            self.wrong("report", REPORT, "is signed by another key than the package")
        roots = {root.decode().lower() for root in re.findall(rb"(?i)evidence[ _-]?root\W{0,4}([0-9a-f]{64})\b", data)}
        if roots and self.info.get("evidence_root") not in roots:
            self.wrong("report", REPORT, "is about other evidence")
        if not roots:
            self.not_checked.append("whether the report names this evidence: it does not do so in plain bytes")
        good = not any(part == "report" for part, _, _ in self.faults)
        self.told.append(("report", "signed as a whole, by the same signer" if good else "see below"))

    def own_copy(self):
        """Whether the verifier enclosed is this one. It was not run."""
        if "verify.py" not in self.package.known:
            return "the package encloses none"
        with open(__file__, "rb") as file:
            same = sha256(file.read()) == self.digest("verify.py")[0]
        return "the copy enclosed is this program, byte for byte" if same else "the copy enclosed is another program"

    # ------------------------------------------------------------------ reading, for all parts

    def read(self, name, part, limit=LARGEST_TAG_FILE):
        """The whole file, or b"" with a fault where it cannot be had, or is larger than such files are."""
        if name not in self.package.known:
            self.wrong(part, name, "missing")
            return b""
        try:
            with self.package.open(name) as file:
                data = file.read(limit + 1)
        except Exception as error:  # whatever a damaged ZIP entry makes the libraries say
            self.wrong(part, name, "cannot be read: " + type(error).__name__)
            return b""
        if len(data) > limit:
            self.wrong(part, name, "is larger than such a file may be")
            return b""
        return data

    def lines(self, name, part, shortest):
        """The lines of a file, each ended by LF; none where there are more than its length can hold."""
        data = self.read(name, part, LARGEST_FILE)
        if data.count(b"\n") * shortest > len(data):
            self.wrong(part, name, "has more lines than its length can hold")
            return []
        lines = data.split(b"\n")
        if lines.pop() != b"":
            self.wrong(part, name, "its last line does not end")
        return lines

    def json(self, name, part):
        """The object in a JSON file, or {} with a fault."""
        data = self.read(name, part, LARGEST_JSON)
        try:
            value = parse(data) if data else {}
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        self.wrong(part, name, "is no JSON object")
        return {}

    def digest(self, name):
        """(SHA-256 in hex, size in bytes) of a file, which is read once, in constant memory."""
        if name not in self.hashed:
            digest, size = hashlib.sha256(), 0
            with self.package.open(name) as file:
                for piece in iter(lambda: file.read(1 << 18), b""):
                    digest.update(piece)
                    size += len(piece)
            self.hashed[name] = digest.hexdigest(), size
        return self.hashed[name]


class Rows:
    """Which rows were seen, as one bit each, in pages of 65,536: a package may hold many millions of them."""

    def __init__(self):
        self.pages, self.counts = {}, {}

    def add(self, identity):
        """(its original, whether it is new) of a row."""
        original, member, table, ordinal = ROW.fullmatch(identity).groups()
        page, place = divmod(int(ordinal), 1 << 16)
        bits = self.pages.setdefault((original, member, table, page), bytearray(1 << 13))
        if len(self.pages) > MOST_PAGES:
            raise ValueError("more rows than can be counted")
        new = not bits[place >> 3] >> (place & 7) & 1
        bits[place >> 3] |= 1 << (place & 7)
        self.counts[original, table] = self.counts.get((original, table), 0) + new
        return original, new


# ---------------------------------------------------------------------- tools


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def leaf(data):
    """RFC 6962: the hash of a leaf. A node's begins with 0x01, so that none can pass for the other."""
    return hashlib.sha256(b"\0" + data).digest()


def tree_roots(leaves, sizes=()):
    """{n: RFC 6962 root of the first n leaves} for all of them and for each n in sizes, in one pass."""
    roots, peaks = {0: hashlib.sha256(b"").digest()}, []  # peaks: roots of full subtrees, the largest first
    for number, node in enumerate(leaves, 1):
        peaks.append(node)
        rest = number
        while not rest & 1:  # two subtrees of one height make one of the next
            right, left = peaks.pop(), peaks.pop()
            peaks.append(hashlib.sha256(b"\1" + left + right).digest())
            rest >>= 1
        if number in sizes or number == len(leaves):
            root = peaks[-1]
            for left in reversed(peaks[:-1]):
                root = hashlib.sha256(b"\1" + left + root).digest()
            roots[number] = root
    return roots


def tree_levels(leaves):
    """Every level of the same tree, from the leaves to the root; a last one without neighbour goes up as it is."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        pairs = [levels[-1][at : at + 2] for at in range(0, len(levels[-1]), 2)]
        levels.append([hashlib.sha256(b"\1" + b"".join(pair)).digest() if pair[1:] else pair[0] for pair in pairs])
    return levels


def parse(data):
    """Strict JSON; ValueError for anything two readers could understand differently, or that is far too much."""

    def unique(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def refuse(text):
        raise ValueError(text)

    if len(data) > LARGEST_JSON or data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        raise ValueError("larger than such a file may be")
    return json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)


def is_count(value):
    return type(value) is int and value >= 0


def read_checkpoint(path):
    """(path, (origin, size, root)) of a checkpoint file. ValueError else."""
    with open(path, "rb") as file:
        text = file.read(1 << 20).decode("utf-8", "replace")
    try:
        origin, size, root = text.partition("\n\n")[0].split("\n")
        size, root = int(size), base64.b64decode(root, validate=True)
        if size > 0 and len(root) == 32:
            return path, (origin, size, root)
    except ValueError:
        pass
    raise ValueError(path + " holds no checkpoint")


P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")  # before the point, in an SPKI (RFC 5480)


def openssl(command, data=b"", **given):
    """(exit code, output, files by name). @name in the command is a file, with the content given or to be made."""
    # The system's certificates are never asked.
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("SSL_CERT")}
    with tempfile.TemporaryDirectory() as folder:
        words = [re.sub("^@", lambda _: folder + os.sep, word) for word in command.split()]
        for name, content in given.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        try:
            how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "env": surroundings, "timeout": SECONDS}
            done = subprocess.run(["openssl"] + words, input=data, **how)
        except subprocess.TimeoutExpired:
            return 1, "it takes far too long", {}
        made = {}
        for name in set(os.listdir(folder)) - set(given):
            with open(os.path.join(folder, name), "rb") as file:
                made[name] = file.read()
    return done.returncode, done.stdout.decode("utf-8", "replace"), made


def public_key(pem):
    """The certificate's public key (SubjectPublicKeyInfo, DER)."""
    return unarmoured(openssl("x509 -noout -pubkey", pem)[1].encode())


def signature_holds(key, data, signature):
    """Whether a signature in ASN.1 is by this key (SPKI, DER) over SHA-256 of the data."""
    command = "dgst -sha256 -keyform DER -verify @key -signature @signature"
    return openssl(command, data, key=key, signature=signature)[0] == 0


def unarmoured(pem):
    return base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-----")))


def unbase64(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def der_end(data):
    """Where the first ASN.1 element of `data` ends (X.690, 8.1.3), or -1."""
    if len(data) < 2 or data[1] < 0x80:
        return 2 + data[1] if len(data) > 1 else -1
    place = 2 + data[1] - 0x80
    return place + int.from_bytes(data[2:place], "big") if place > 2 else -1


def disclosed(text):
    """(digest, name, value) of a text given: base64url of [salt, name, value], committed to by its SHA-256."""
    _, name, value = parse(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    digest = hashlib.sha256(text.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), name, value


def ssh_texts(data, count):
    """The strings (RFC 4251) that `data` is made of, which must be `count`."""
    texts = []
    while data:
        (length,) = struct.unpack(">I", data[:4])
        texts.append(data[4 : 4 + length])
        if len(texts[-1]) != length:
            raise ValueError("it is cut off")
        data = data[4 + length :]
    if len(texts) != count:
        raise ValueError("it has another number of parts")
    return texts


def epoch(text, form="%Y-%m-%dT%H:%M:%S.%fZ"):
    """Seconds since 1970 of a time in UTC, or None."""
    try:
        return int(datetime.strptime(text, form).replace(tzinfo=timezone.utc).timestamp())
    except (TypeError, ValueError, OverflowError):
        return None


if __name__ == "__main__":
    sys.exit(main())
