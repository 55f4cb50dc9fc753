"""Somebody with a package, their own trust, and every verifier there is.

Stock programs run as a recipient runs them (docs/verifying.md). What one said of the same bytes before is not asked
again, so that thousands of packages can be judged in a test. verify.py runs in this process, and so does bagit.py,
whose command does no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType

from corpus_cast import CAST
from corpus_member import Member, Workshop
from corpus_trust import TRUST
from tampering import unfold

import casebound_packaging
from casebound_packaging.verify import Report, Trust, verify

STANDALONE = Path(casebound_packaging.__file__).parent / "standalone/verify.py"
NO_SYSTEM = ("-no-CApath", "-no-CAstore")
"""Without these, openssl also trusts every CA that the system trusts."""
DIFF = (
    r"diff <(find . ! -type d | sed 's#^\./##' | grep -v '^seals/' | LC_ALL=C sort)"
    r" <( (echo tagmanifest-sha256.txt; cut -c67- tagmanifest-sha256.txt manifest-sha256.txt) | LC_ALL=C sort)"
)
_ANSWERS: dict[str, tuple[int, str]] = {}


def _run(command: list[str], folder: Path, store: Path | None = None, data: bytes = b"") -> tuple[int, str]:
    environment = dict(os.environ)
    if store is not None:
        environment |= {"SSL_CERT_FILE": str(store / "ca.pem"), "SSL_CERT_DIR": str(store)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, input=data, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _told(command: list[str], inputs: list[bytes], folder: Path, data: bytes = b"") -> tuple[int, str]:
    """Exit code and output of a command whose answer depends on `inputs` and `data` alone."""
    words = [word for word in command if not word.startswith(os.sep)]  # paths of this machine say nothing
    key = hashlib.sha256(repr((words, inputs, data)).encode()).hexdigest()
    if key not in _ANSWERS:
        _ANSWERS[key] = _run(command, folder, data=data)
    return _ANSWERS[key]


def _accepted(command: list[str], inputs: list[bytes], folder: Path, data: bytes = b"") -> bool:
    return _told(command, inputs, folder, data)[0] == 0


@cache
def _code() -> CodeType:
    return compile(STANDALONE.read_bytes(), str(STANDALONE), "exec")


@cache
def _trusted() -> tempfile.TemporaryDirectory[str]:
    """The folder trust/, written once; gone with the process."""
    folder = tempfile.TemporaryDirectory(prefix="trust")
    unfold(Path(folder.name), TRUST)
    return folder


@cache
def _openssl_answers() -> dict[str, object]:
    return {}


def standalone(*arguments: str) -> tuple[int, str]:
    """verify.py's exit code and what it printed. It runs here, with what openssl said before at hand."""
    space: dict[str, object] = {"__name__": "verify", "__file__": str(STANDALONE)}
    exec(_code(), space)
    asked = space["openssl"]
    assert callable(asked)

    def openssl(*words: object, **given: object) -> object:
        key = hashlib.sha256(repr((words, sorted(given.items()))).encode()).hexdigest()
        answers = _openssl_answers()
        if key not in answers:
            answers[key] = asked(*words, **given)
        return answers[key]

    space["openssl"] = openssl
    main = space["main"]
    assert callable(main)
    before, sys.argv = sys.argv, ["verify.py", *arguments]
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            code = main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.argv = before
    assert code in (0, 1, 2, 3), printed.getvalue()
    return int(code), printed.getvalue()


class Recipient:
    """Somebody who was sent one member of the corpus."""

    def __init__(self, folder: Path, member: Member, shop: Workshop) -> None:
        self.member, self.shop = member, shop
        self.zip = folder / f"{shop.top}.zip"
        self.zip.write_bytes(shop.packed)
        for end, data in shop.beside.items():
            self.zip.with_name(self.zip.name + end).write_bytes(data)
        self.folder = unfold(folder / shop.top, shop.files)
        self.trusted = Path(_trusted().name)
        self.store: Path | None = None
        self._reports: dict[Path, Report] = {}
        self._prints: dict[Path, tuple[int, str]] = {}
        if member.given.system_store:
            self.store = folder / "store"
            self.store.mkdir()
            (self.store / "ca.pem").write_bytes(CAST.public.pem)
            subprocess.run(["openssl", "rehash", self.store], check=True)

    # -------------------------------------------------------------- ours

    @property
    def trust(self) -> Trust:
        given = self.member.given
        return Trust(
            root_pem=TRUST[given.trust] if given.trust else None,
            signer_fingerprint=given.signer or None,
            tsa_pem=TRUST[given.tsa] if given.tsa else None,
            against=tuple(self.trusted / name for name in given.against),
        )

    def ours(self, path: Path) -> Report:
        if path not in self._reports:
            self._reports[path] = verify(path, self.trust)
        return self._reports[path]

    def standalone(self, path: Path) -> tuple[int, str]:
        if path not in self._prints:
            self._prints[path] = self._standalone(path)
        return self._prints[path]

    def _standalone(self, path: Path) -> tuple[int, str]:
        given = self.member.given
        arguments = ["--trust", str(self.trusted / given.trust)] if given.trust else []
        arguments += ["--signer", given.signer] if given.signer else []
        for name in given.against:
            arguments += ["--against", str(self.trusted / name)] if name.endswith(".checkpoint") else []
        return standalone(str(path), *arguments)

    # -------------------------------------------------------------- stock programs

    def _file(self, name: str) -> bytes:
        return self.shop.files.get(name, b"(missing)")

    def _anchor(self) -> tuple[Path, bytes]:
        """The root that was given; without one the enclosed root, to be used with the fingerprint."""
        given = self.member.given.trust
        if given:
            return self.trusted / given, TRUST[given]
        return self.folder / "certs/root.pem", self._file("certs/root.pem")

    def _sealed_by(self, name: str, flags: tuple[str, ...]) -> tuple[int, str]:
        """`openssl cms -verify` for one seal: its exit code, and the signer's certificate that it wrote (PEM)."""
        path, anchor = self._anchor()
        p7s, signer = f"seals/{name}.p7s", self.folder.with_name("signer.pem")
        inputs = [self._file(p7s), self._file("tagmanifest-sha256.txt"), anchor]
        key = hashlib.sha256(repr(("cms", flags, inputs, self.store is None)).encode()).hexdigest()
        if key not in _ANSWERS:
            command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", p7s, "-content",
                       "tagmanifest-sha256.txt", "-CAfile", str(path), *flags, "-signer", str(signer),
                       "-out", os.devnull]  # fmt: skip
            code = _run(command, self.folder, self.store)[0]
            _ANSWERS[key] = code, signer.read_text() if code == 0 else ""
        return _ANSWERS[key]

    def cms(self, flags: tuple[str, ...] = NO_SYSTEM) -> bool:
        """One command for each seal that the signer announced, and the certificate compared as README says."""
        for name in self.member.seals:
            code, signer = self._sealed_by(name, flags)
            if code != 0:
                return False
            wanted = self.member.given.signer
            if wanted and name == self.member.seals[0]:
                command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256"]
                shown = _told(command, [], self.folder, signer.encode())[1]
                if wanted.upper() not in shown.replace(":", ""):
                    return False
        return True

    def crl(self) -> bool:
        """`openssl verify -crl_check`, where the recipient has a list of their own."""
        given = self.member.given.trust
        if not given or b"BEGIN X509 CRL" not in TRUST[given]:
            return True
        code, signer = self._sealed_by(self.member.seals[0], NO_SYSTEM)
        self.folder.with_name("signer.pem").write_text(signer)
        path = str(self.trusted / given)
        command = ["openssl", "verify", "-CAfile", path, *NO_SYSTEM, "-crl_check", "-CRLfile", path, "../signer.pem"]
        return code == 0 and _run(command, self.folder)[0] == 0

    def ts(self) -> bool:
        """`openssl ts -verify`, where there is a stamp and the recipient knows the service."""
        given = self.member.given.tsa
        beside = self.shop.beside.get(".tsr")
        stamp = self.shop.files.get("seals/01-examiner.p7s.tsr", beside)
        if not given or stamp is None:
            return True
        place = self.folder.with_name("stamp.tsr")
        place.write_bytes(stamp)
        command = ["openssl", "ts", "-verify", "-data", "seals/01-examiner.p7s", "-in", "../stamp.tsr", "-CAfile"]
        inputs = [stamp, self._file("seals/01-examiner.p7s"), TRUST[given]]
        return _accepted([*command, str(self.trusted / given)], inputs, self.folder)

    def ssh(self) -> bool:
        """The first signer against the recipient's own list; a second one against the enclosed list."""
        signed = self._file("tagmanifest-sha256.txt")
        for name in self.member.seals:
            signature = self._file(f"seals/{name}.sig")
            own = name == self.member.seals[0] and (self.member.given.trust or self.member.given.signer)
            if own:
                signers = TRUST[self.member.given.allowed]
                who = signers.split()[0].decode()
            else:
                lines = self._file("certs/allowed_signers").split(b"\n")
                words = next((line for line in lines if b"reviewer" in line), lines[0]).split()
                who, signers = "anybody", b'anybody namespaces="evidence-package" ' + b" ".join(words[2:]) + b"\n"
            place = self.folder.with_name("allowed")
            place.write_bytes(signers)
            command = ["ssh-keygen", "-Y", "verify", "-f", "../allowed", "-I", who, "-n", "evidence-package", "-s",
                       f"seals/{name}.sig"]  # fmt: skip
            if not _accepted(command, [signature, signers], self.folder, signed):
                return False
        return True

    def _whole(self) -> list[bytes]:
        facts = sorted((name, hashlib.sha256(data).hexdigest()) for name, data in self.shop.files.items())
        return [repr(facts).encode()]

    def sums(self, name: str) -> bool:
        return _accepted(["sha256sum", "--strict", "--quiet", "-c", name], self._whole(), self.folder)

    def names(self) -> bool:
        lists = [self._file("manifest-sha256.txt"), self._file("tagmanifest-sha256.txt")]
        return _accepted(["bash", "-c", DIFF], [*lists, repr(sorted(self.shop.files)).encode()], self.folder)

    def bagit(self) -> bool:
        import bagit

        logging.getLogger("bagit").setLevel(logging.CRITICAL)
        try:
            return bool(bagit.Bag(str(self.folder)).is_valid())
        except (bagit.BagError, UnicodeDecodeError):
            return False

    def pdfsig(self) -> bool:
        text = _told(["pdfsig", "-nocert", "data/report.pdf"], [self._file("data/report.pdf")], self.folder)[1]
        return "Signature is Valid" in text and "\n  - Total document signed" in text and "Signature #2" not in text

    def accepts(self, checker: str) -> bool:
        checks: dict[str, Callable[[], bool]] = {
            "casebound": lambda: self.ours(self.zip).exit_code() in (0, 3),
            "verify.py": lambda: self.standalone(self.zip)[0] in (0, 3),
            "openssl cms": self.cms,
            "openssl ts": self.ts,
            "openssl crl": self.crl,
            "ssh-keygen": self.ssh,
            "sha256sum tags": lambda: self.sums("tagmanifest-sha256.txt"),
            "sha256sum payload": lambda: self.sums("manifest-sha256.txt"),
            "diff of names": self.names,
            "bagit.py": self.bagit,
            "pdfsig": self.pdfsig,
        }
        return checks[checker]()
