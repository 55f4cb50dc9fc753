"""README-VERIFY.txt: how a recipient checks the package with programs that they have anyway, commands filled in."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_TEXT: Final = """\
HOW TO CHECK THIS EVIDENCE PACKAGE

Package      {package_id}
Case         {case}
Sealed       {sealed_at} (by the signer's own clock)
Signer       {signer}{issued}
Fingerprint  {fingerprint}
In words     {words}

What a good result means: the bytes are as they were sealed, by the holder of this key. It does not mean that
what they record is true.

BEFORE YOU BEGIN
This file, verify.py and everything in certs/ were written by whoever made the package. They help, but they
prove nothing. Get the signer's fingerprint from the signer in another way (by telephone, from a letter, from
an earlier matter) and compare it with the one that the commands below print. Get a verifier elsewhere too,
if you can: “casebound-verify PACKAGE.zip --signer FINGERPRINT”.

Unpack the ZIP and open a terminal in the folder {folder}. Lines that begin with $ are commands; type them without
the $. They work with the stock programs of Linux; on macOS leave out “-cades”. The signer's certificate is written
beside the folder, as signer.pem.

1. THE SEAL{plural}
OpenSSL must say “CAdES Verification successful”. The two options at the end keep OpenSSL from also trusting
every certificate authority that your system knows. If your organisation or the sender's gave you a root
certificate, use it in place of certs/root.pem.
{seals}

2. WHO SIGNED
The SHA-256 fingerprint must be the one that you were given from outside the package.

$ openssl x509 -in ../signer.pem -noout -subject -fingerprint -sha256
$ openssl verify -CAfile certs/root.pem -no-CApath -no-CAstore {untrusted}../signer.pem

To check for revocation with a fresh list from the issuer, add: -crl_check -CRLfile FRESH-CRL.pem
{self_issued}
3. EVERY FILE
Both must end without “FAILED” and without a warning.

$ sha256sum --strict -c tagmanifest-sha256.txt && sha256sum --strict -c manifest-sha256.txt

4. NOTHING MISSING, NOTHING ADDED
This prints nothing when every file is listed and every listed file is there (bash):

$ diff <(find . ! -type d | sed 's#^\\./##' | grep -v '^seals/' | LC_ALL=C sort) \\
       <( (echo tagmanifest-sha256.txt; cut -c67- tagmanifest-sha256.txt manifest-sha256.txt) | LC_ALL=C sort)

The folder seals/ must hold exactly: {seal_files}; and beside a .p7s perhaps a .p7s.tsr.
The folder is also a BagIt 1.0 bag:

$ bagit.py --validate .

5. THE REPORT
It must say BOTH “Signature is Valid” and “Total document signed”. One of the two is not enough.

$ pdfsig -nocert data/report.pdf

The report names this package:
  package id     {package_id}
  evidence root  {evidence_root}
  custody record {size} entries, root {root}

6. THE SIGNED END OF THE CUSTODY RECORD
Its length and root (the three lines at the end of this text) are signed as well, by the same key. OpenSSL must say
“Verified OK”. If you were ever given a length and root of this record, compare them: see the end of this text.

$ head -n 3 data/custody/checkpoints/{size}.checkpoint > ../state
$ tail -n 1 data/custody/checkpoints/{size}.checkpoint | cut -d' ' -f3 | openssl base64 -d -A \\
       | tail -c +5 > ../state.sig
$ openssl x509 -in ../signer.pem -noout -pubkey > ../signer.key
$ openssl dgst -sha256 -verify ../signer.key -signature ../state.sig ../state
$ tail -n 1 ../state | openssl base64 -d | od -An -v -tx1 | tr -d ' \\n'; echo

The last command prints the signed root in the digits that step 5 and the end of this text have.

7. THE TIME
Unless seals/ holds a file that ends in .tsr, only the signer's own clock says when the package was sealed. A
stamp that was had later lies beside the ZIP, as {folder}.zip.tsr: use it in place of the one in seals/.
If there is one, ask the time stamp service for its root certificate; “Verification: OK” is the good answer:
{stamps}

WHAT THESE COMMANDS DO NOT CHECK
They do not read the entries of the custody record (data/custody), what they say of the exhibits, or the sums of
completeness.json. casebound-verify does{verifier}. docs/verify.md of the project has the commands for these
too, for an expert's half hour.
No verifier runs the queries again, or reads whether the report's words say what the rows say, or whether the
rows are those of the originals, which are not enclosed. To count a number again, run data/queries/tables.sql
and then its Q-NNNN.sql in this folder with DuckDB, and compare with Q-NNNN.json.
No program can tell you whether the custody record was written anew as a whole before it was sealed; for that,
compare this signed state with one that you were given earlier. A state of fewer entries is compared by
“casebound-verify PACKAGE.zip --against STATE”:

  {origin}
  {size}
  {root}
"""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the text is filled in with. `seals` are (name, principal) pairs such as ("01-examiner", "ana-ruiz")."""

    folder: str
    package_id: str
    case: str
    sealed_at: str
    signer: str
    self_issued: bool
    has_chain: bool
    fingerprint: str
    words: str
    evidence_root: str
    origin: str
    size: int
    root: str
    seals: Sequence[tuple[str, str]]
    has_verifier: bool
    has_service_chain: bool = False

    def _stamp_commands(self) -> list[str]:
        chain = " -untrusted certs/tsa-chain.pem" if self.has_service_chain else ""
        over = [f"seals/{name}.p7s" for name, _ in self.seals]
        if self.has_service_chain:  # which is there exactly when the checkpoint was stamped
            over.append(f"data/custody/checkpoints/{self.size}.checkpoint")
        return [
            f"\n$ openssl ts -verify -data {name} -in {name}.tsr \\\n       -CAfile TSA-ROOT.pem{chain}"
            for name in over
        ]

    def text(self) -> bytes:
        """The file, UTF-8, LF."""
        pairs = ":".join(self.fingerprint.upper()[i : i + 2] for i in range(0, 64, 2))
        note = (
            "The certificate is self-issued: no authority vouches for the name in it. Only the fingerprint does, if\n"
            "you have it from the signer.\n"
        )
        verifier = (
            "; verify.py in this folder does so in part (run it only after steps 1\n"
            "and 3 have passed: python3 verify.py --help)"
            if self.has_verifier
            else ""
        )
        return _TEXT.format(
            folder=self.folder,
            package_id=self.package_id,
            case=_one_line(self.case),
            sealed_at=self.sealed_at,
            signer=_one_line(self.signer),
            issued=" (self-issued certificate)" if self.self_issued else "",
            fingerprint="\n             ".join(textwrap.wrap(pairs, 48)),
            words=self.words,
            plural="" if len(self.seals) == 1 else "S",
            seals="\n".join(_seal_commands(name, principal) for name, principal in self.seals),
            untrusted="-untrusted certs/chain.pem " if self.has_chain else "",
            self_issued=note if self.self_issued else "",
            seal_files=", ".join(f"{name}.{kind}" for name, _ in self.seals for kind in ("p7s", "sig")),
            evidence_root=self.evidence_root,
            size=self.size,
            root=self.root,
            stamps="\n".join(self._stamp_commands()),
            verifier=verifier,
            origin=self.origin,
        ).encode("utf-8")


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _seal_commands(name: str, principal: str) -> str:
    signer = "../signer.pem" if name.startswith("01-") else f"../signer-{name}.pem"
    return (
        f"\n$ openssl cms -verify -cades -binary -inform DER -in seals/{name}.p7s \\\n"
        "       -content tagmanifest-sha256.txt -CAfile certs/root.pem -no-CApath -no-CAstore \\\n"
        f"       -signer {signer} -out /dev/null\n"
        f"$ ssh-keygen -Y verify -f certs/allowed_signers -I {principal} -n evidence-package \\\n"
        f"       -s seals/{name}.sig < tagmanifest-sha256.txt"
    )
