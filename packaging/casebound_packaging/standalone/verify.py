#!/usr/bin/env python3
# Python 3.8 and the standard library only; short before modern.
# ruff: noqa: PTH112, PTH118, PTH123, PTH208, BLE001, B904, UP017, RUF005
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
    "captions, titles and the recipient against the ledger; older checkpoints enclosed; the form of JSON (RFC 8785)",
    "whether queries give their results again, rows are those of the originals, and report and timeline say the same",
]
LIMITS = {
    "UNATTRIBUTED": "nobody outside the package confirmed who the signer is",
    "SELF-ISSUED": "the signer issued the certificate to themselves",
    "UNSTAMPED": "no time stamp was checked; the time is the signer's own clock",
    "UNWITNESSED": "nothing older from outside was compared",
    "PARTIAL": "rows or attachments were left out, as the completeness statement says",
    "REDACTED": "some fields, or texts or entries of the ledger, were withheld from this recipient",
    "EXPIRED": "the signer's certificate has expired since",
}
PROBLEMS = []  # (check, item, what is wrong)
INFO = "data/metadata/package.json"
MARKS = ("bagit.txt", "tagmanifest-sha256.txt", INFO)  # a file with none of these is something else
REQUIRED = ("data/report.pdf", "data/custody/ledger.jsonl", "data/custody/disclosures.jsonl", "data/completeness.json")
EXHIBIT = re.compile(r"data/exhibits/[^/]+/exhibit\.json")
LARGEST = 1 << 29  # bytes of one file that is read whole
NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
BAD_PART = re.compile(r"(?i)\..*|.*\.|(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


class NotAPackage(Exception):
    """The file is something else, unreadable, or of a newer format."""


class Refused(Exception):
    """Reading on would mean to trust a container that lies."""


def problem(check, item, text):
    PROBLEMS.append((check, item, text))


def bad_name(name):
    """A name that could mean another place, or two things on two systems."""
    return not NAME.fullmatch(name) or len(name) > 119 or any(BAD_PART.fullmatch(part) for part in name.split("/"))


class Folder:
    """A package that was unpacked."""

    def __init__(self, path):
        self.path, self.top, self.names = path, None, []
        for folder, folders, files in os.walk(path):
            for name in sorted(folders + files):
                full = os.path.join(folder, name)
                short = os.path.relpath(full, path).replace(os.sep, "/")
                mode = os.lstat(full).st_mode
                if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                    problem("container", ascii(short), "a link, or no file")
                elif stat.S_ISREG(mode):
                    self.names.append(short)
        self.known = set(self.names)
        check_names(self.names)

    def open(self, name):
        return open(os.path.join(self.path, *name.split("/")), "rb")


class Zip:
    """A package in its ZIP, which is checked as such before anything in it is read."""

    def __init__(self, path):
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise NotAPackage(f"it is no readable ZIP file: {error}")
        infos = self.zip.infolist()
        tops = {info.orig_filename.partition("/")[0] for info in infos}
        self.top = min(tops) if tops else ""
        self.names = [info.orig_filename[len(self.top) + 1 :] for info in infos]
        if not set(MARKS) & set(self.names):
            raise NotAPackage("it has none of the files that make a package")
        if len(tops) != 1:
            problem("container", "", "there is not exactly one folder in the ZIP")
        for info in infos:
            kind = info.external_attr >> 28
            if info.flag_bits or info.compress_type not in (0, 8) or kind not in (0, 8) or info.comment:
                problem("container", ascii(info.orig_filename), "encrypted, a link, or of an unknown kind")
        self.known = set(self.names)
        check_names([info.orig_filename for info in infos])
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


def check_names(names):
    seen = set()
    for name in names:
        if bad_name(name) or name.lower() in seen:
            problem("container", ascii(name), "not a plain relative name, or two files have it on some systems")
        seen.add(name.lower())


def digest_of(package, name):
    """(SHA-256 hex, size), streaming."""
    digest, size = hashlib.sha256(), 0
    with package.open(name) as file:
        for piece in iter(lambda: file.read(1 << 18), b""):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def read(package, name, check):
    """The whole file, or b"" with a problem where it cannot be had."""
    if name not in package.known:
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
    return data


def parse(data):
    """Strict JSON; ValueError for anything two readers could understand differently (keys given twice, NaN)."""

    def unique(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    return json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_constant=lambda text: parse(b""))


def read_json(package, name, check):
    data = read(package, name, check)
    try:
        value = parse(data) if data else {}
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    problem(check, name, "is no JSON object")
    return {}


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


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def tree_root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below the number of leaves
    return hashlib.sha256(b"\1" + tree_root(leaves[:split]) + tree_root(leaves[split:])).digest()


def check_files(package, payload, tags, lines, info):
    """Nothing missing, nothing added, every SHA-256 as listed; evidence root and package id belong to the evidence."""
    listed = {**payload, **tags}
    for name in sorted((set(listed) | set(REQUIRED)) - set(package.names)):
        problem("inventory", name, "missing; the signed list names it, or every package has it")
    for name in sorted(set(package.names) - set(listed) - {"tagmanifest-sha256.txt"}):
        if not name.startswith("seals/"):
            problem("inventory", name, "added; the signed list does not name it")
    wrong = [path for path in payload if not path.startswith("data/")]
    if wrong + [path for path in tags if path.startswith(("data/", "seals/"))]:
        problem("inventory", "manifests", "a file stands in the wrong list")
    files = {item.get("path"): item for item in info.get("files", []) if isinstance(item, dict)}
    if set(files) != set(payload) - {INFO}:
        problem("inventory", INFO, "does not list the same files as manifest-sha256.txt")
    good = 0
    for name in sorted(set(listed) & set(package.names)):
        try:
            found, size = digest_of(package, name)
        except Exception as error:  # a damaged entry
            problem("contents", name, f"cannot be read: {type(error).__name__}")
            continue
        good += found == listed[name]
        if found != listed[name]:
            problem("contents", name, f"does not match: signed {listed[name]}, found {found}")
        elif name in files and (files[name].get("sha256"), files[name].get("size")) != (found, size):
            problem("contents", name, "package.json gives another hash or size")
    evidence = [line for line in lines if line[66:] not in (b"data/report.pdf", INFO.encode())]
    root = tree_root([leaf(line) for line in evidence]).hex()
    number = re.sub(r"[^A-Za-z0-9._-]", "-", str(info.get("case", {}).get("number")))
    name = f"{number}-v{info.get('version')}"
    if (info.get("evidence_root"), info.get("package_id")) != (root, f"{name}-{root[:12]}"):
        problem("contents", INFO, "evidence root or package id is not of this evidence")
    if package.top not in (None, name):
        problem("contents", package.top, f"the folder should be called {name}")
    return f"{good} of {len(listed)} listed files are present and match"


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
        item = f"seals/{name}.p7s"
        signer = check_seal(package, info, item, trust) if item in there else b""
        if signer:
            who = check_signer(signer, info, item, trust, fingerprints, limits, name == expected[0])
            names.append(f"{name} by {who}")
            first = signer if name == expected[0] else first
    return "; ".join(names) or "no seal holds", first


def check_seal(package, info, item, trust):
    """One CAdES seal over tagmanifest-sha256.txt. Returns the signer's certificate (PEM), or b"" if it does not hold.

    Without --trust the seal is checked against the certificates it carries itself: that shows that its bytes belong
    together and says nothing about who made it, which UNATTRIBUTED says.
    """
    p7s, signed = read(package, item, "seal"), read(package, "tagmanifest-sha256.txt", "seal")
    if len(p7s) > 1 << 20:
        problem("seal", item, "larger than a signature can be")
        return b""
    own = openssl("pkcs7 -inform DER -print_certs", p7s)[1].encode()
    if own.count(b"BEGIN CERTIFICATE") > 32:
        problem("seal", item, "holds more certificates than any chain has")
    # Without -no-CApath and -no-CAstore openssl would also trust every CA that the system trusts.
    command = "cms -verify -cades -binary -inform DER -in @p7s -content @signed -no-CApath -no-CAstore -CAfile @root"
    command += " -purpose any -signer @signer -out @out -attime " + str(epoch(info.get("sealed_at")) or 0)
    command += "" if trust else " -partial_chain"
    code, output, made = openssl(command, p7s=p7s, signed=signed, root=trust or own)
    if code != 0 and "nknown option" in output:  # LibreSSL has no -cades
        NOT_CHECKED.append("signing-certificate-v2 in seals: this openssl does not know -cades")
        code, output, made = openssl(command.replace("-cades ", ""), p7s=p7s, signed=signed, root=trust or own)
    if code != 0:
        reasons = re.findall(r"Verify error: ?(.*)|error:[^:]*:[^:]*:[^:]*:([^:]*):", output)
        problem("seal", item, "openssl refuses it: " + ("".join(reasons[-1]) if reasons else "it is no signature"))
    elif made["signer"].count(b"BEGIN CERTIFICATE") != 1:
        problem("seal", item, "there must be exactly one signature in the file")
    else:
        return made["signer"]
    return b""


def check_signer(pem, info, item, trust, fingerprints, limits, is_first):
    """The certificate that sealed, against package.json and against what was given from outside."""
    certificate, key = unarmoured(pem), unarmoured(openssl("x509 -noout -pubkey", pem)[1].encode())
    prints = {hashlib.sha256(certificate).hexdigest(), hashlib.sha256(key).hexdigest()}
    what = [openssl(f"x509 -noout -{which}", pem)[1] for which in ("subject", "issuer", "startdate", "enddate")]
    subject, issuer, start, end = (text.partition("=")[2].strip() for text in what)
    stated = info.get("signer") if isinstance(info.get("signer"), dict) else {}
    if is_first and {stated.get("fingerprint"), stated.get("key")} != prints:
        problem("seal", item, "is not by the signer that package.json names")
    uses = openssl("x509 -noout -ext extendedKeyUsage", pem)[1]
    confirmed = bool(prints & fingerprints)
    if fingerprints and not confirmed and is_first:
        problem("signer", item, f"is not by the signer whose fingerprint was given; it is {sorted(prints)}")
    if trust and ("1.3.6.1.5.5.7.3.36" in uses or "Document Signing" in uses):
        confirmed = True
    if not confirmed:
        limits.add("UNATTRIBUTED")
    if subject == issuer:
        limits.add("SELF-ISSUED")
    if openssl("x509 -noout -checkend 0", pem)[0] != 0:
        limits.add("EXPIRED")
    sealed, form = epoch(info.get("sealed_at")), "%b %d %H:%M:%S %Y GMT"
    if sealed is None or not epoch(start, form) <= sealed + 1 <= epoch(end, form) + 1:
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
        item = f"ledger entry {seq}"
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
                    problem("custody", item, f"attachment {record['attachment']} is out of order")
                elif record["attachment"] == attachments and link != previous_attachment:
                    problem("custody", item, f"attachment {attachments} does not follow the one before it")
                elif record["attachment"] > attachments and link not in hidden:
                    problem("custody", item, f"the one before attachment {record['attachment']} is gone")
                attachments, previous_attachment = record["attachment"], own.hex()
        except (ValueError, KeyError, TypeError, AttributeError):
            problem("custody", item, "is not a line of this format")
            record, own = {}, leaf(line)
        records.append(record)
        leaves.append(own)
        before = own.hex()
    last, this = records[-1] if records else {}, {"type": "package", "id": str(info.get("version"))}
    if last.get("action") != "export-prepared" or last.get("item") != this:
        problem("custody", "ledger.jsonl", "does not end with the making of this package: its end is missing")
    given = check_disclosures(package, records, limits)
    check_checkpoint(package, info, leaves, first_signer)
    check_exhibits(package, records, leaves, given, limits)
    omitted = sum("omitted" in record for record in records)
    text = f"{len(lines)} entries, each following the one before ({omitted} of them only as hashes)"
    return text, (len(lines), omitted)


def check_disclosures(package, records, limits):
    given = {}
    for line in read(package, "data/custody/disclosures.jsonl", "custody").splitlines():
        try:
            entry = parse(line)
            text = entry["disclosure"]
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode("ascii")).digest()).rstrip(b"=").decode()
            _, name, value = parse(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if digest not in records[entry["seq"]]["_sd"] or digest in given:
                problem("custody", "disclosures.jsonl", f"a text is not what ledger entry {entry['seq']} commits to")
            given[digest] = (entry["seq"], name, value)
        except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
            problem("custody", "disclosures.jsonl", "has a line that discloses nothing the ledger commits to")
    if sum(len(record.get("_sd") or []) for record in records) > len(given) or any("omitted" in one for one in records):
        limits.add("REDACTED")
    return given


def check_checkpoint(package, info, leaves, first_signer):
    """The signed end of the ledger: a C2SP signed note whose signature openssl can check."""
    name = f"data/custody/checkpoints/{len(leaves)}.checkpoint"
    root = tree_root(leaves)
    origin = info.get("case", {}).get("log_origin")
    if info.get("checkpoint") != {"origin": origin, "size": len(leaves), "root": root.hex()}:
        problem("custody", INFO, "its checkpoint is not of this ledger")
    if name not in package.names:
        problem("custody", name, "missing: the ledger was cut, or its end was never signed")
        return
    body, _, tail = read(package, name, "custody").decode("utf-8", "replace").partition("\n\n")
    if body != f"{origin}\n{len(leaves)}\n{base64.b64encode(root).decode()}":
        problem("custody", name, "is not of this ledger")
    if not first_signer:
        return
    try:
        signature = base64.b64decode(tail.split()[2])[4:]
    except (IndexError, binascii.Error):
        signature = b""
    key = openssl("x509 -noout -pubkey", first_signer)[1].encode()
    command = "dgst -sha256 -verify @key -signature @signature"
    if openssl(command, (body + "\n").encode(), key=key, signature=signature)[0] != 0:
        problem("custody", name, "its signature is not by the signer of the package")


def check_exhibits(package, records, leaves, given, limits):
    """Each exhibit names a ledger line by hash; the line names an attachment's hash, or an event's commitments."""
    by_line, levels = {}, levels_of(leaves)
    for seq, _, value in given.values():
        by_line.setdefault(seq, []).append(value)
    for name in package.names:
        if not EXHIBIT.fullmatch(name):
            continue
        exhibit = read_json(package, name, "custody")
        try:
            seq = exhibit["line_seq"]
            number, record = name.split("/")[2], records[seq if type(seq) is int and seq >= 0 else len(records)]
            if leaves[seq].hex() != exhibit["line_hash"] or exhibit["exhibit"] != number:
                problem("custody", name, f"is of another exhibit, or names ledger entry {seq} by another hash")
            check_proof(package, f"data/exhibits/{number}/{number}.tlog-proof", seq, levels)
            told = by_line.get(seq, [])
            if exhibit["kind"] == "event":
                limits |= {"REDACTED"} if len(exhibit["_sd"]) > len(exhibit["disclosures"]) else set()
                committed = [value.get("_sd") for value in told if isinstance(value, dict)]
                if record["item"] != {"type": "exhibit", "id": number} or exhibit["_sd"] not in committed:
                    problem("custody", name, f"ledger entry {seq} does not commit to these fields")
                continue
            if (exhibit["kind"], record["action"]) != ("attachment", "attached"):
                problem("custody", name, f"is no attachment that ledger entry {seq} attached")
            if [record["attachment"], record["attachment_prev"]] != [
                exhibit["attachment"],
                exhibit["previous_line_hash"],
            ]:
                problem("custody", name, f"ledger entry {seq} attached something else")
            hashes = set(record["inputs"] + record["outputs"] + [value for value in told if isinstance(value, str)])
            hashes |= {value.get("sha256") for value in told if isinstance(value, dict)}
            file = name.replace("exhibit.json", exhibit["file"])
            if exhibit["sha256"] not in hashes or digest_of(package, file)[0] != exhibit["sha256"]:
                problem("custody", file, f"is not the file that ledger entry {seq} attached")
        except Exception:  # a field missing or of another kind, an entry missing, a file damaged
            problem("custody", name, "does not fit the ledger")


def levels_of(leaves):
    """Every level of the ledger's tree, from the leaves to the root; a last one without neighbour goes up as it is."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        pairs = [levels[-1][at : at + 2] for at in range(0, len(levels[-1]), 2)]
        levels.append([hashlib.sha256(b"\1" + b"".join(pair)).digest() if pair[1:] else pair[0] for pair in pairs])
    return levels


def check_proof(package, name, seq, levels):
    """A C2SP tlog-proof: the hashes that lead from one ledger entry to the root of the signed checkpoint."""
    if name not in package.known:
        return
    note = read(package, f"data/custody/checkpoints/{len(levels[0])}.checkpoint", "custody")
    steps = [level[seq >> up ^ 1] for up, level in enumerate(levels) if seq >> up ^ 1 < len(level)]
    lines = "".join(base64.b64encode(step).decode() + "\n" for step in steps)
    if read(package, name, "custody") != f"c2sp.org/tlog-proof@v1\nindex {seq}\n{lines}\n".encode() + note:
        problem("custody", name, f"does not prove that ledger entry {seq} stands in the signed ledger")


def attachments(package):
    """(number, bytes) of the originals in data/exhibits/."""
    files = [name for name in package.names if name.startswith("data/exhibits/") and not EXHIBIT.fullmatch(name)]
    files = [name for name in files if not name.endswith(".tlog-proof")]
    return len(files), sum(digest_of(package, name)[1] for name in files)


def check_mended(package, where, source):
    """What only newer packages say of a source: repeated rows, rows read again, rows set aside."""
    repeated, aside = source.get("repeated"), source.get("set_aside")
    if repeated is not None:
        counts = [one["count"] for one in repeated]
        if any(type(count) is not int or count < 0 for count in counts) or sum(counts) != source["duplicates"]:
            problem("completeness", where, "the repeated rows are not accounted for")
    for mend in source.get("mends") or []:
        read, *rest = [mend[key] for key in ("read", "kept", "quarantined", "duplicates")]
        if any(type(count) is not int or count < 0 for count in (read, *rest)) or read != sum(rest):
            problem("completeness", where, "the sums of a mend do not balance")
    if aside is not None and aside not in package.names:
        problem("completeness", where, "the rows set aside are said to be enclosed, and are not")


def check_sums(package, info, ledger, limits):
    """The completeness statement: every sum, and the rows that are really there."""
    name = "data/completeness.json"
    statement = read_json(package, name, "completeness")
    there = count_rows(package)
    partial = False
    stated = {}
    for source in statement.get("sources", []):
        try:
            where = f"{source['source']} {source['file']}"
            counts = [source[key] for key in ("read", "kept", "quarantined", "duplicates", "cited", "filtered")]
            counts += [source["not_selected"]] + [reason["count"] for reason in source["quarantine_reasons"]]
            if any(type(count) is not int or count < 0 for count in counts):
                problem("completeness", where, "a count is no number of rows")
            if source["read"] != source["kept"] + source["quarantined"] + source["duplicates"]:
                problem("completeness", where, "read is not kept + set aside + duplicates")
            if source["kept"] != source["cited"] + source["filtered"] + source["not_selected"]:
                problem("completeness", where, "kept is not cited + filtered + not selected")
            if sum(reason["count"] for reason in source["quarantine_reasons"]) != source["quarantined"]:
                problem("completeness", where, "the reasons do not account for every row set aside")
            if source["cited"] != source["enclosed"]:
                problem("completeness", where, "rows cited are not the rows enclosed")
            check_mended(package, where, source)
            origin = (source["sha256"], source["table"])
            stated[origin] = stated.get(origin, 0) + source["enclosed"]
            partial = partial or source["cited"] != source["kept"]
        except (KeyError, TypeError):
            problem("completeness", name, "a source lacks a count")
    for origin in sorted(set(stated) | set(there)):
        said, found = stated.get(origin, 0), there.get(origin, 0)
        if said != found:
            problem("completeness", f"{origin[1]} of {origin[0]}", f"states {said} rows enclosed; {found} are there")
    counts, there = statement.get("attachments", {}), attachments(package)
    if (counts.get("enclosed"), counts.get("bytes_enclosed")) != there:
        problem(
            "completeness", name, f"attachments enclosed are not as stated: {there[0]} with {there[1]} bytes are there"
        )
    withheld = counts.get("withheld")
    if type(withheld) is not int or withheld < 0 or counts.get("held") != there[0] + withheld:
        problem("completeness", name, "attachments held are not those enclosed and withheld")
    if statement.get("ledger") != {"lines": ledger[0], "omitted": ledger[1]}:
        problem("completeness", name, "the ledger is not as long as stated")
    partial = partial or withheld != 0
    declared = set(info.get("limits") or [])
    if ("PARTIAL" in declared) != partial or statement.get("complete") is not (not partial):
        problem("completeness", name, "says the opposite of its own numbers, or of package.json")
    if ("REDACTED" in declared) != ("REDACTED" in limits):
        problem("completeness", INFO, "says the opposite of what is withheld from this recipient")
    limits |= declared & set(LIMITS)
    return "every sum balances" if not any(check == "completeness" for check, _, _ in PROBLEMS) else "see below"


def count_rows(package):
    """{(original, table): rows enclosed in tables or as event exhibits}."""
    exhibits, counts = {}, {}
    for name in package.names:
        if EXHIBIT.fullmatch(name):
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


def openssl(command, data=b"", **given):
    """(exit code, output, files by name). @name in the command is a file, with the content given or to be made."""
    # The system's certificates are never asked.
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("SSL_CERT")}
    with tempfile.TemporaryDirectory() as folder:
        words = [re.sub("^@", folder + os.sep, word) for word in command.split()]
        for name, content in given.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        try:
            done = subprocess.run(
                ["openssl"] + words, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=surroundings
            )
        except OSError:
            print("verify.py: the program openssl is needed and was not found", file=sys.stderr)
            sys.exit(2)
        made = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                made[name] = file.read()
    return done.returncode, done.stdout.decode("utf-8", "replace"), made


def unarmoured(pem):
    return base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-----")))


def epoch(text, form="%Y-%m-%dT%H:%M:%S.%fZ"):
    """Seconds since 1970 of a time in UTC, or None."""
    try:
        return int(datetime.strptime(text, form).replace(tzinfo=timezone.utc).timestamp())
    except (TypeError, ValueError):
        return None


def examine(path, trust, fingerprints, limits):
    """Run every check; returns lines of (check, text)."""
    package = Folder(path) if os.path.isdir(path) else Zip(path)
    if not set(MARKS) & set(package.names):
        raise NotAPackage("it has none of the files that make a package")
    info = read_json(package, INFO, "inventory")
    if info and info.get("format") != "casebound-package":
        raise NotAPackage(f"{INFO} is of another format")
    if info and (info.get("format_version"), type(info.get("format_version"))) != (1, int):
        raise NotAPackage(f"it is of format version {info.get('format_version')}; this program knows version 1")
    payload, lines = read_manifest(package, "manifest-sha256.txt")
    tags, _ = read_manifest(package, "tagmanifest-sha256.txt")
    told = [("files", check_files(package, payload, tags, lines, info))]
    seals, signer = check_seals(package, info, trust, fingerprints, limits)
    text, ledger = check_ledger(package, info, signer, limits)
    told += [("seals", seals), ("ledger", text)]
    return told + [
        ("sums", check_sums(package, info, ledger, limits)),
        ("checkpoint", json.dumps(info.get("checkpoint"))),
    ]


def main():
    options = argparse.ArgumentParser(description="Check an evidence package without the program that made it.")
    options.add_argument("package")
    options.add_argument("--trust", metavar="ROOT.pem", help="root certificate, from outside the package")
    options.add_argument("--signer", metavar="FINGERPRINT", default="", help="SHA-256 of certificate or key")
    options.add_argument("--accept", metavar="LIMIT,...", default="", help="limits that are in order")
    given = options.parse_args()
    prints = {re.sub(r"[\s:-]", "", text).lower() for text in given.signer.split(",") if text.strip()}
    accept = {text.strip().upper() for text in given.accept.split(",") if text.strip()}
    if any(not re.fullmatch(r"[0-9a-f]{64}", text) for text in prints):
        options.error("a fingerprint has 64 hexadecimal digits")
    if accept - set(LIMITS):
        options.error("there is no limit called " + ", ".join(sorted(accept - set(LIMITS))))
    try:
        with open(given.trust or os.devnull, "rb") as file:
            trust = file.read()
    except OSError as error:
        options.error(f"{given.trust} cannot be read: {error.strerror}")
    if given.trust and b"-----BEGIN CERTIFICATE-----" not in trust:
        options.error(f"{given.trust} holds no certificate in PEM form")
    limits, told = {"UNSTAMPED", "UNWITNESSED"}, []
    try:
        told = examine(given.package, trust, prints, limits)
    except (NotAPackage, OSError) as error:
        print(f"NOT A PACKAGE (not-a-package): {given.package!a}: {ascii(str(error))[1:-1]}")
        return 2
    except Refused:
        pass
    except Exception as error:  # a form that no package has; never a trace, never a pass
        problem("contents", "package", f"a check could not be finished: {type(error).__name__}")
    if PROBLEMS:
        print("NOT VERIFIED (not-verified): something is not as it was sealed. Do not rely on it.")
    else:
        print("VERIFIED, with limits (verified-with-limits): " + ", ".join(name for name in LIMITS if name in limits))
    for check, text in told:
        print(f"  {check:<11} {ascii(text)[1:-1]}")
    for check, item, text in PROBLEMS:
        print(f"  WRONG  [{check}] {ascii(item)[1:-1]}: {ascii(text)[1:-1]}")
    for name in LIMITS:
        if name in limits and not PROBLEMS:
            print(f"  LIMIT  {name}: {LIMITS[name]}")
    for text in NOT_CHECKED:
        print(f"  not checked: {text}")
    print("A pass means the contents are unchanged since signing. It does not say that what they record is true.")
    return 1 if PROBLEMS else 0 if limits <= accept else 3


if __name__ == "__main__":
    sys.exit(main())
