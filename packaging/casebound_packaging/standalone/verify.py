#!/usr/bin/env python3
# Python 3.8 and the standard library only; short before modern.
# ruff: noqa: PTH118, PTH123, PTH112, PTH113, BLE001, B904, UP017, RUF005, UP031, S110
# mypy: ignore-errors
"""Check an evidence package (format version 1) with Python's standard library and the openssl program, nothing else.

    python3 verify.py PACKAGE.zip [--trust ROOT.pem] [--signer FINGERPRINT] [--accept LIMIT,...]

PACKAGE may also be the folder unpacked from it. Get this file and the root or fingerprint from somewhere else than
the package: whoever made the package also made the copy inside it. Exit codes: 0 verified, 1 not verified,
2 not a package or wrong usage, 3 verified with limits (0 if --accept names every limit).

Read it from the bottom: main() calls one function per check. Each appends what is wrong to PROBLEMS and says
what it looked at. What this program cannot check is listed in NOT_CHECKED and printed every time.
"""

import argparse
import base64
import binascii
import csv
import hashlib
import io
import json
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timezone

NOT_CHECKED = [
    "seals/*.sig (OpenSSH signatures): use ssh-keygen -Y verify",
    "seals/*.tsr (time stamps): use openssl ts -verify",
    "data/report.pdf as a signed PDF (its own signature, changes after signing): use pdfsig; its bytes are compared",
    "certificate revocation: use openssl verify -crl_check with a fresh CRL",
    "older checkpoints and packages held by others: compare them with the checkpoint printed below",
    "whether a row stands twice in a table, and the readable fields of event exhibits",
]
LIMITS = {
    "UNATTRIBUTED": "nobody outside the package confirmed who the signer is",
    "SELF-ISSUED": "the signer issued the certificate to themselves",
    "UNSTAMPED": "no time stamp was checked; the time is the signer's own clock",
    "UNWITNESSED": "nothing older from outside was compared",
    "PARTIAL": "rows or attachments were left out, as the completeness statement says",
    "REDACTED": "some fields or ledger texts were withheld from this recipient",
    "EXPIRED": "the signer's certificate has expired since",
}
PROBLEMS = []  # (check, item, what is wrong)
LARGEST = 1 << 29  # bytes of one file that is read whole
NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


class NotAPackage(Exception):
    """The file is something else, unreadable, or of a newer format."""


def problem(check, item, text):
    PROBLEMS.append((check, item, text))


def bad_name(name):
    """A name that could mean another place, or two things on two systems."""
    parts = name.split("/")
    return (
        not NAME.fullmatch(name)
        or len(name) > 119
        or any(part.startswith(".") or part.endswith(".") or RESERVED.fullmatch(part) for part in parts)
    )


# ---------------------------------------------------------------- the container


class Folder:
    """A package that was unpacked."""

    def __init__(self, path):
        self.path, self.top, self.names = path, None, []
        for folder, folders, files in os.walk(path):
            for name in sorted(folders + files):
                full = os.path.join(folder, name)
                short = os.path.relpath(full, path).replace(os.sep, "/")
                mode = os.lstat(full).st_mode
                if bad_name(short) or not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                    problem("container", ascii(short), "not a plain file with a plain name")
                elif stat.S_ISREG(mode):
                    self.names.append(short)
        twins(self.names)

    def open(self, name):
        return open(os.path.join(self.path, *name.split("/")), "rb")


class Zip:
    """A package in its ZIP. Everything about the ZIP is checked before anything in it is read."""

    def __init__(self, path):
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise NotAPackage(f"it is no readable ZIP file: {error}")
        infos = self.zip.infolist()
        tops = {info.orig_filename.partition("/")[0] for info in infos}
        self.top = min(tops) if tops else ""
        self.names = [info.orig_filename[len(self.top) + 1 :] for info in infos]
        if not any(f"{self.top}/{mark}" in [info.filename for info in infos] for mark in MARKS):
            raise NotAPackage("it has none of the files that make a package")
        if len(tops) != 1:
            problem("container", "", "there is not exactly one folder in the ZIP")
        for info in infos:
            if bad_name(info.orig_filename) or info.filename != info.orig_filename:
                problem("container", ascii(info.orig_filename), "refused: not a plain relative name")
            kind = info.external_attr >> 28
            if info.flag_bits or info.compress_type not in (0, 8) or kind not in (0, 8) or info.comment:
                problem(
                    "container",
                    ascii(info.orig_filename),
                    "encrypted, a link, or of a kind that a package does not have",
                )
        twins([info.orig_filename for info in infos])
        self.places(path, infos)
        if PROBLEMS:
            raise Refused

    def places(self, path, infos):
        """Entries lie one after the other without gap or overlap, and their own headers agree with the directory."""
        place = 0
        with open(path, "rb") as file:
            for info in sorted(infos, key=lambda info: info.header_offset):
                file.seek(info.header_offset)
                header = file.read(30)
                if info.header_offset != place or header[:4] != b"PK\3\4":
                    problem("container", ascii(info.orig_filename), "overlaps another entry, or bytes lie between them")
                    return
                flags, method = struct.unpack("<HH", header[6:10])
                crc, packed, size, name_length, extra_length = struct.unpack("<IIIHH", header[14:30])
                name, extra = file.read(name_length), file.read(extra_length)
                if extra[:4] == b"\1\0\x10\0" and len(extra) == 20:
                    size, packed = struct.unpack("<QQ", extra[4:20])
                elif extra:
                    problem("container", ascii(info.orig_filename), "has an extra field that a package does not have")
                stated = (info.flag_bits, info.compress_type, info.CRC, info.compress_size, info.file_size)
                if (flags, method, crc, packed, size) != stated or name != info.orig_filename.encode("utf-8"):
                    problem("container", ascii(info.orig_filename), "its own header differs from the ZIP directory")
                place = info.header_offset + 30 + name_length + extra_length + info.compress_size
            if place != self.zip.start_dir or self.zip.comment:
                problem("container", "", "there are bytes that belong to no entry")
            file.seek(-22, 2)
            if file.read(4) != b"PK\5\6":
                problem("container", "", "there are bytes after the end of the ZIP")

    def open(self, name):
        return self.zip.open(f"{self.top}/{name}")


class Refused(Exception):
    """Reading on would mean to trust a container that lies."""


def twins(names):
    seen = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if names.count(name) > 1 or other != name:
            problem("container", ascii(name), "two files have this name, on some systems")


# ---------------------------------------------------------------- reading

MARKS = ("bagit.txt", "tagmanifest-sha256.txt", "data/metadata/package.json")


def digest_of(package, name):
    """(SHA-256 hex, size), streaming."""
    digest, size = hashlib.sha256(), 0
    with package.open(name) as file:
        while True:
            piece = file.read(1 << 18)
            if not piece:
                return digest.hexdigest(), size
            digest.update(piece)
            size += len(piece)


def read(package, name, check):
    """The whole file, or b"" with a problem where it cannot be had."""
    if name not in package.names:
        problem(check, name, "missing")
        return b""
    try:
        with package.open(name) as file:
            data = file.read(LARGEST + 1)
    except Exception as error:  # whatever a damaged ZIP entry makes the libraries say
        problem(check, name, f"cannot be read: {type(error).__name__}")
        return b""
    if len(data) > LARGEST:
        problem(check, name, "larger than such a file may be")
        return b""
    return data


def unique(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def parse(data):
    """Strict JSON; ValueError for anything two readers could understand differently."""
    return json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_constant=lambda text: parse(b""))


def read_json(package, name, check):
    data = read(package, name, check)
    if not data:
        return {}
    try:
        value = parse(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        problem(check, name, "is no JSON object")
        return {}
    return value


def read_manifest(package, name):
    """{path: SHA-256}, and the lines as bytes."""
    listed, lines = {}, read(package, name, "inventory").split(b"\n")
    if lines.pop() != b"":
        problem("inventory", name, "its last line does not end")
    for line in lines:
        match = re.fullmatch(rb"([0-9a-f]{64})  ([ -~]+)", line)
        path = match.group(2).decode("ascii") if match else ""
        if not match or bad_name(path) or path in listed:
            problem("inventory", name, "has a line that is not one hash, two spaces and a new path")
        else:
            listed[path] = match.group(1).decode("ascii")
    if list(listed) != sorted(listed):
        problem("inventory", name, "is not sorted")
    return listed, lines


# ---------------------------------------------------------------- RFC 6962


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def tree_root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


# ---------------------------------------------------------------- the checks


def check_files(package, payload, tags, lines, info):
    """Nothing missing, nothing added, every SHA-256 as listed; evidence root and package id belong to the evidence."""
    listed = dict(payload)
    listed.update(tags)
    for name in sorted(set(listed) - set(package.names)):
        problem("inventory", name, "missing; the signed list names it")
    for name in sorted(set(package.names) - set(listed) - {"tagmanifest-sha256.txt"}):
        if not name.startswith("seals/"):
            problem("inventory", name, "added; the signed list does not name it")
    if any(not path.startswith("data/") for path in payload) or any(
        path.startswith(("data/", "seals/")) for path in tags
    ):
        problem("inventory", "manifests", "a file stands in the wrong list")
    files = {item.get("path"): item for item in info.get("files", []) if isinstance(item, dict)}
    if set(files) != set(payload) - {"data/metadata/package.json"}:
        problem("inventory", "data/metadata/package.json", "does not list the same files as manifest-sha256.txt")
    good = 0
    for name in sorted(set(listed) & set(package.names)):
        try:
            found, size = digest_of(package, name)
        except Exception as error:  # a damaged entry
            problem("contents", name, f"cannot be read: {type(error).__name__}")
            continue
        if found != listed[name]:
            problem("contents", name, f"does not match: signed {listed[name]}, found {found}")
            continue
        good += 1
        if name in files and (files[name].get("sha256"), files[name].get("size")) != (found, size):
            problem("contents", name, "package.json gives another hash or size")
    evidence = [line for line in lines if line[66:] not in (b"data/report.pdf", b"data/metadata/package.json")]
    root = tree_root([leaf(line) for line in evidence]).hex()
    number = re.sub(r"[^A-Za-z0-9._-]", "-", str(info.get("case", {}).get("number")))
    name = "{}-v{}".format(number, info.get("version"))
    if (info.get("evidence_root"), info.get("package_id")) != (root, f"{name}-{root[:12]}"):
        problem("contents", "data/metadata/package.json", "evidence root or package id is not of this evidence")
    if package.top not in (None, name):
        problem("contents", package.top, f"the folder should be called {name}")
    return "%d of %d listed files are present and match" % (good, len(listed))


def check_seals(package, info, trust, fingerprints, limits):
    """Every expected CAdES seal, through openssl. Returns (text, PEM of the first signer's certificate)."""
    expected = info.get("seals_expected") or []
    wanted = {f"seals/{name}.{kind}" for name in expected for kind in ("p7s", "sig")}
    there = {name for name in package.names if name.startswith("seals/")}
    for name in sorted(wanted - there):
        problem("inventory", name, "missing; package.json expects this seal")
    for name in sorted(there - wanted - {f"seals/{name}.p7s.tsr" for name in expected}):
        problem("inventory", name, "added; no such seal is expected")
    if not expected:
        problem("seal", "seals/", "no seal is expected, so nothing is sealed")
    first, names = b"", []
    for name in expected:
        if f"seals/{name}.p7s" not in there:
            continue
        signer = check_seal(package, info, f"seals/{name}.p7s", trust)
        if not signer:
            continue
        who = check_signer(signer, info, f"seals/{name}.p7s", trust, fingerprints, limits, name == expected[0])
        names.append(f"{name} by {who}")
        first = first or (signer if name == expected[0] else b"")
    return "; ".join(names) or "no seal holds", first


def check_seal(package, info, item, trust):
    """One CAdES seal over tagmanifest-sha256.txt. Returns the signer's certificate (PEM), or b"" where it does not hold.

    Without --trust the seal is checked against the certificates it carries itself: that shows that its bytes belong
    together and says nothing about who made it, which UNATTRIBUTED says.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = {key: os.path.join(folder, key) for key in ("p7s", "signed", "signer", "own")}
        for key, name in (("p7s", item), ("signed", "tagmanifest-sha256.txt")):
            with open(paths[key], "wb") as file:
                file.write(read(package, name, "seal"))
        openssl(["pkcs7", "-inform", "DER", "-in", paths["p7s"], "-print_certs", "-out", paths["own"]])
        command = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", paths["p7s"]]
        command += ["-content", paths["signed"], "-signer", paths["signer"], "-out", os.devnull, "-purpose", "any"]
        # Without -no-CApath and -no-CAstore openssl would also trust every CA that the system trusts.
        command += ["-no-CApath", "-no-CAstore", "-CAfile", trust or paths["own"]] + ([] if trust else ["-partial_chain"])
        sealed = epoch(info.get("sealed_at"))
        command += [] if sealed is None else ["-attime", str(sealed)]
        code, output = openssl(command)
        if code != 0 and "nknown option" in output:  # LibreSSL has no -cades
            command.remove("-cades")
            NOT_CHECKED.append("signing-certificate-v2 in seals: this openssl does not know -cades")
            code, output = openssl(command)
        if code != 0:
            reasons = re.findall(r"Verify error: ?(.*)|error:[^:]*:[^:]*:[^:]*:([^:]*):", output)
            problem("seal", item, "openssl refuses it: " + ("".join(reasons[-1]) if reasons else "it is no signature"))
            return b""
        with open(paths["signer"], "rb") as file:
            signer = file.read()
    if signer.count(b"BEGIN CERTIFICATE") != 1:
        problem("seal", item, "there must be exactly one signature in the file")
        return b""
    return signer


def check_signer(pem, info, item, trust, fingerprints, limits, is_first):
    """The certificate that sealed, against package.json and against what was given from outside. Returns its subject."""
    certificate, key = unarmoured(pem), unarmoured(openssl(["x509", "-noout", "-pubkey"], pem)[1].encode())
    prints = {hashlib.sha256(certificate).hexdigest(), hashlib.sha256(key).hexdigest()}
    subject = openssl(["x509", "-noout", "-subject"], pem)[1].partition("=")[2].strip()
    issuer = openssl(["x509", "-noout", "-issuer"], pem)[1].partition("=")[2].strip()
    stated = info.get("signer") if isinstance(info.get("signer"), dict) else {}
    if is_first and {stated.get("fingerprint"), stated.get("key")} != prints:
        problem("seal", item, "is not by the signer that package.json names")
    uses = openssl(["x509", "-noout", "-ext", "extendedKeyUsage"], pem)[1]
    confirmed = bool(prints & fingerprints)
    if fingerprints and not confirmed and is_first:
        problem("signer", item, f"is not by the signer whose fingerprint was given; it is {sorted(prints)}")
    if trust and ("1.3.6.1.5.5.7.3.36" in uses or "Document Signing" in uses):
        confirmed = True
    if not confirmed:
        limits.add("UNATTRIBUTED")
    if subject == issuer:
        limits.add("SELF-ISSUED")
    if openssl(["x509", "-noout", "-checkend", "0"], pem)[0] != 0:
        limits.add("EXPIRED")
    start, end = (
        openssl(["x509", "-noout", which], pem)[1].partition("=")[2].strip() for which in ("-startdate", "-enddate")
    )
    sealed = epoch(info.get("sealed_at"))
    if is_first and sealed is not None:
        valid = [
            datetime.strptime(text, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=timezone.utc).timestamp()
            for text in (start, end)
        ]
        if not valid[0] <= sealed + 1 or not sealed <= valid[1]:
            problem("signer", item, "the certificate was not valid when the seal is said to have been made")
    return f"{subject}, certificate {hashlib.sha256(certificate).hexdigest()}"


def check_ledger(package, info, first_signer, limits):
    """Chain, omitted lines, attachment chain, disclosures, and the signed checkpoint of its end."""
    lines = read(package, "data/custody/ledger.jsonl", "custody").split(b"\n")
    if lines.pop() != b"":
        problem("custody", "ledger.jsonl", "its last line does not end")
    records, leaves, attachments, before = [], [], 0, "0" * 64
    previous_attachment, hidden = "0" * 64, set()
    for seq, line in enumerate(lines):
        item = "ledger entry %d" % seq
        try:
            record = parse(line)
            own = bytes.fromhex(record["omitted"]) if "omitted" in record else leaf(line)
            if record["seq"] != seq or len(own) != 32:
                problem("custody", item, "is out of order")
            if "omitted" in record:
                hidden.add(own.hex())
            elif record["prev"] != before:
                problem("custody", item, "does not follow the entry before it: the chain is broken here")
            if record.get("action") == "attached":
                attachments, link = attachments + 1, record["attachment_prev"]
                if record["attachment"] < attachments:
                    problem("custody", item, "attachment {} is out of order".format(record["attachment"]))
                elif record["attachment"] == attachments and link != previous_attachment:
                    problem("custody", item, f"attachment {attachments} does not follow the one before it")
                elif record["attachment"] > attachments and link not in hidden:
                    problem("custody", item, "the attachment before {} was taken away".format(record["attachment"]))
                attachments, previous_attachment = record["attachment"], own.hex()
        except (ValueError, KeyError, TypeError, AttributeError):
            problem("custody", item, "is not a line of this format")
            record, own = {}, leaf(line)
        records.append(record)
        leaves.append(own)
        before = own.hex()
    last = records[-1] if records else {}
    if last.get("action") != "export-prepared" or last.get("item") != {
        "type": "package",
        "id": str(info.get("version")),
    }:
        problem("custody", "ledger.jsonl", "does not end with the making of this package: its end is missing")
    given = check_disclosures(package, records, limits)
    check_checkpoint(package, info, leaves, first_signer)
    check_exhibits(package, records, leaves, given)
    return "%d entries, each following the one before (%d of them only as hashes)" % (len(lines), len(hidden))


def check_disclosures(package, records, limits):
    given = {}
    for line in read(package, "data/custody/disclosures.jsonl", "custody").splitlines():
        try:
            entry = parse(line)
            text = entry["disclosure"]
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode("ascii")).digest()).rstrip(b"=").decode()
            _, name, value = parse(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if digest not in records[entry["seq"]]["_sd"] or digest in given:
                problem("custody", "disclosures.jsonl", "a text is not what ledger entry %d commits to" % entry["seq"])
            given[digest] = (entry["seq"], name, value)
        except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
            problem("custody", "disclosures.jsonl", "has a line that discloses nothing the ledger commits to")
    if sum(len(record.get("_sd") or []) for record in records) > len(given):
        limits.add("REDACTED")
    return given


def check_checkpoint(package, info, leaves, first_signer):
    """The signed end of the ledger: a C2SP signed note whose signature openssl can check."""
    name = "data/custody/checkpoints/%d.checkpoint" % len(leaves)
    root = tree_root(leaves)
    origin = info.get("case", {}).get("log_origin")
    if info.get("checkpoint") != {"origin": origin, "size": len(leaves), "root": root.hex()}:
        problem("custody", "data/metadata/package.json", "its checkpoint is not of this ledger")
    if name not in package.names:
        problem("custody", name, "missing: the ledger was cut, or its end was never signed")
        return
    body, _, tail = read(package, name, "custody").decode("utf-8", "replace").partition("\n\n")
    if body != "%s\n%d\n%s" % (origin, len(leaves), base64.b64encode(root).decode()):
        problem("custody", name, "is not of this ledger")
    if not first_signer:
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = {key: os.path.join(folder, key) for key in ("key", "signature")}
        try:
            blob = base64.b64decode(tail.split()[2])
        except (IndexError, binascii.Error):
            blob = b""
        for key, data in (
            ("key", openssl(["x509", "-noout", "-pubkey"], first_signer)[1].encode()),
            ("signature", blob[4:]),
        ):
            with open(paths[key], "wb") as file:
                file.write(data)
        command = ["dgst", "-sha256", "-verify", paths["key"], "-signature", paths["signature"]]
        if openssl(command, (body + "\n").encode())[0] != 0:
            problem("custody", name, "its signature is not by the signer of the package")


def check_exhibits(package, records, leaves, given):
    """Each exhibit names a ledger line by hash; an attachment's line names the file's hash."""
    for name in package.names:
        if not re.fullmatch(r"data/exhibits/[^/]+/exhibit\.json", name):
            continue
        exhibit = read_json(package, name, "custody")
        try:
            seq = exhibit["line_seq"]
            record = records[seq]
            if leaves[seq].hex() != exhibit["line_hash"]:
                problem("custody", name, "names ledger entry %d by another hash" % seq)
            if exhibit["kind"] != "attachment":
                continue
            if (record["action"], record["attachment"]) != ("attached", exhibit["attachment"]):
                problem("custody", name, "ledger entry %d attached something else" % seq)
            told = [value for where, _, value in given.values() if where == seq]
            hashes = (
                set(record["inputs"]) | set(record["outputs"]) | {value for value in told if isinstance(value, str)}
            )
            hashes |= {str(value.get("sha256")) for value in told if isinstance(value, dict)}
            file = name.replace("exhibit.json", exhibit["file"])
            if exhibit["sha256"] not in hashes or digest_of(package, file)[0] != exhibit["sha256"]:
                problem("custody", file, "is not the file that ledger entry %d attached" % seq)
        except Exception:  # a field missing or of another kind, an entry missing, a file damaged
            problem("custody", name, "does not fit the ledger")


def check_sums(package, info, limits):
    """The completeness statement: every sum, and the rows that are really there."""
    name = "data/completeness.json"
    statement = read_json(package, name, "completeness")
    there = count_rows(package)
    partial = False
    for source in statement.get("sources", []):
        try:
            where = "{} {}".format(source["source"], source["file"])
            if source["read"] != source["kept"] + source["quarantined"] + source["duplicates"]:
                problem("completeness", where, "read is not kept + set aside + duplicates")
            if source["kept"] != source["cited"] + source["filtered"] + source["not_selected"]:
                problem("completeness", where, "kept is not cited + filtered + not selected")
            if sum(reason["count"] for reason in source["quarantine_reasons"]) != source["quarantined"]:
                problem("completeness", where, "the reasons do not account for every row set aside")
            found = there.pop((source["sha256"], source["table"]), 0)
            if not source["cited"] == source["enclosed"] == found:
                problem("completeness", where, "states %s rows enclosed; %d are there" % (source["enclosed"], found))
            partial = partial or source["cited"] != source["kept"]
        except (KeyError, TypeError):
            problem("completeness", name, "a source lacks a count")
    if there:
        problem("completeness", name, "there are rows of sources that it does not name")
    counts = statement.get("attachments", {})
    if counts.get("held") != counts.get("enclosed", 0) + counts.get("withheld", 0):
        problem("completeness", name, "attachments held are not those enclosed and withheld")
    partial = partial or counts.get("withheld", 0) > 0
    declared = set(info.get("limits") or [])
    if ("PARTIAL" in declared) != partial or statement.get("complete") != (not partial):
        problem("completeness", name, "says the opposite of its own numbers, or of package.json")
    limits |= declared & set(LIMITS)
    return "every sum balances" if not any(check == "completeness" for check, _, _ in PROBLEMS) else "see below"


def count_rows(package):
    """{(original, table): rows enclosed in tables or as event exhibits}."""
    exhibits, counts = {}, {}
    for name in package.names:
        if re.fullmatch(r"data/exhibits/[^/]+/exhibit\.json", name):
            event = read_json(package, name, "completeness").get("event")
            if isinstance(event, dict):
                exhibits[event.get("id")] = (event.get("sha256"), event.get("table"))
    csv.field_size_limit(1 << 28)
    for name in package.names:
        if not (name.startswith("data/tables/") and name.endswith(".csv")):
            continue
        rows = 0
        try:
            with package.open(name) as file:
                for record in csv.reader(io.TextIOWrapper(file, "utf-8", newline="")):
                    rows += 1
                    if rows == 1:
                        continue
                    exhibits.pop(record[0], None)
                    original, table = record[0][:64], record[0].split("/")[-2]
                    counts[original, table] = counts.get((original, table), 0) + 1
        except Exception as error:  # damaged, cut, or no table at all
            problem("completeness", name, f"cannot be read as a table: {type(error).__name__}")
        if read_json(package, name[:-4] + ".schema.json", "completeness").get("rows") != rows - 1:
            problem("completeness", name, "does not have the number of rows that is stated")
    for origin in exhibits.values():
        counts[origin] = counts.get(origin, 0) + 1
    return counts


# ---------------------------------------------------------------- openssl


def openssl(arguments, data=b""):
    """(exit code, what it printed). The system's certificates are never asked."""
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("SSL_CERT")}
    try:
        done = subprocess.run(
            ["openssl"] + arguments, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=surroundings
        )
    except OSError:
        raise SystemExit(usage("the program openssl is needed and was not found"))
    return done.returncode, done.stdout.decode("utf-8", "replace")


def unarmoured(pem):
    return base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-----")))


def epoch(text):
    """Seconds since 1970 of a time as the format writes it, or None."""
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp())
    except (TypeError, ValueError):
        return None


# ---------------------------------------------------------------- the answer


def examine(path, trust, fingerprints, limits):
    """Run every check; returns lines of (check, text)."""
    package = Folder(path) if os.path.isdir(path) else Zip(path)
    if not any(mark in package.names for mark in MARKS):
        raise NotAPackage("it has none of the files that make a package")
    info = read_json(package, "data/metadata/package.json", "inventory")
    if info and info.get("format") != "casebound-package":
        raise NotAPackage("data/metadata/package.json is of another format")
    if info and info.get("format_version") != 1:
        raise NotAPackage("it is of format version {}; this program knows version 1".format(info.get("format_version")))
    payload, lines = read_manifest(package, "manifest-sha256.txt")
    tags, _ = read_manifest(package, "tagmanifest-sha256.txt")
    told = [("files", check_files(package, payload, tags, lines, info))]
    text, signer = check_seals(package, info, trust, fingerprints, limits)
    told.append(("seals", text))
    told.append(("ledger", check_ledger(package, info, signer, limits)))
    told.append(("sums", check_sums(package, info, limits)))
    told.append(("checkpoint", json.dumps(info.get("checkpoint"))))
    return told


def usage(text):
    print(f"verify.py: {text}", file=sys.stderr)
    return 2


def main():
    options = argparse.ArgumentParser(description="Check an evidence package without the program that made it.")
    options.add_argument("package")
    options.add_argument("--trust", metavar="ROOT.pem", help="root certificate, from outside the package")
    options.add_argument(
        "--signer", metavar="FINGERPRINT", default="", help="SHA-256 of certificate or key, from outside"
    )
    options.add_argument("--accept", metavar="LIMIT,...", default="", help="limits that are in order")
    given = options.parse_args()
    prints = {re.sub(r"[\s:-]", "", text).lower() for text in given.signer.split(",") if text.strip()}
    accept = {text.strip().upper() for text in given.accept.split(",") if text.strip()}
    if any(not re.fullmatch(r"[0-9a-f]{64}", text) for text in prints):
        return usage("a fingerprint has 64 hexadecimal digits")
    if accept - set(LIMITS):
        return usage("there is no limit called {}".format(", ".join(sorted(accept - set(LIMITS)))))
    if given.trust and not os.path.isfile(given.trust):
        return usage(f"{given.trust} is not there")
    limits, told = {"UNSTAMPED", "UNWITNESSED"}, []
    try:
        told = examine(given.package, given.trust, prints, limits)
    except NotAPackage as error:
        print(f"NOT A PACKAGE (not-a-package): {ascii(given.package)}: {error}")
        return 2
    except Refused:
        pass
    except OSError as error:
        print(f"NOT A PACKAGE (not-a-package): {error}")
        return 2
    except Exception as error:  # a form that no package has; never a trace, never a pass
        problem("contents", "package", f"a check could not be finished: {type(error).__name__}")
    if PROBLEMS:
        print("NOT VERIFIED (not-verified): something is not as it was sealed. Do not rely on it.")
    else:
        print(
            "VERIFIED, with limits (verified-with-limits): {}".format(
                ", ".join(name for name in LIMITS if name in limits)
            )
        )
    for check, text in told:
        print("  %-11s %s" % (check, ascii(text)[1:-1]))
    for check, item, text in PROBLEMS:
        print(f"  WRONG  [{check}] {item}: {ascii(text)[1:-1]}")
    if not PROBLEMS:
        for name in LIMITS:
            if name in limits:
                print(f"  LIMIT  {name}: {LIMITS[name]}")
    for text in NOT_CHECKED:
        print(f"  not checked: {text}")
    print("A pass means the contents are unchanged since signing. It does not say that what they record is true.")
    return 1 if PROBLEMS else 0 if limits <= accept else 3


if __name__ == "__main__":
    sys.exit(main())
