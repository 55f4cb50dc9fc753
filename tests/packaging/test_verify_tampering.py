"""Every manipulation against every checker: ours, the stand-alone one, and the stock programs of a recipient."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from manipulations import CHECKERS, MANIPULATIONS, UNTOUCHED, Manipulation, World, cell
from specimen import NOW, Authority, Files, Insider, pack, timedelta, unfold, unpack

import casebound_packaging
from casebound_packaging.identity import Identity
from casebound_packaging.sshsig import allowed_signers, principal
from casebound_packaging.verify import Report, Trust, verify

DIFF = (
    r"diff <(find . ! -type d | sed 's#^\./##' | grep -v '^seals/' | LC_ALL=C sort)"
    r" <( (echo tagmanifest-sha256.txt; cut -c67- tagmanifest-sha256.txt manifest-sha256.txt) | LC_ALL=C sort)"
)
STANDALONE = Path(casebound_packaging.__file__).parent / "standalone/verify.py"
NO_SYSTEM = ["-no-CApath", "-no-CAstore"]
"""Without these, openssl also trusts every CA that the system trusts."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, authority: Authority, employee: Identity) -> World:
    scratch = tmp_path_factory.mktemp("scratch")
    stranger = Identity.create("Ben Alvarez", clock=lambda: NOW - timedelta(days=1))
    return World(
        Insider(employee, scratch / "insider"), authority, stranger, Authority.create("Any Public CA"), scratch
    )


@pytest.fixture(scope="session")
def sound(issued_package: Path) -> tuple[str, Files]:
    return unpack(issued_package)


class Recipient:
    """Somebody with a tampered package, their own trust, and every checker."""

    def __init__(self, folder: Path, top: str, files: Files, case: Manipulation, world: World, seen: bytes) -> None:
        self.case = case
        self.zip = pack(folder / f"{top}.zip", top, files)
        self.folder = unfold(folder / top, files)
        self.root = folder / "root.pem"
        self.root.write_bytes(world.authority.pem)
        self.signer = world.insider.identity
        self.allowed = folder / "allowed"
        self.allowed.write_text(allowed_signers(self.signer))
        self.seen = folder / "seen.checkpoint"
        self.seen.write_bytes(seen)
        self.environment = dict(os.environ)
        if case.system_store:
            store = folder / "store"
            store.mkdir()
            (store / "ca.pem").write_bytes(world.other_authority.pem)
            subprocess.run(["openssl", "rehash", store], check=True)
            self.environment |= {"SSL_CERT_FILE": str(store / "ca.pem"), "SSL_CERT_DIR": str(store)}

    def _accepts(self, command: list[str | Path], folder: Path | None = None, **how: object) -> bool:
        done = subprocess.run(command, cwd=folder, env=self.environment, capture_output=True, check=False, **how)
        return done.returncode == 0

    @property
    def trust(self) -> Trust:
        return Trust(
            root_pem=self.root.read_bytes() if self.case.trust == "root" else None,
            signer_fingerprint=self.signer.fingerprint if self.case.trust == "fingerprint" else None,
            against=(self.seen,) if self.case.against else (),
        )

    def ours(self, path: Path) -> Report:
        return verify(path, self.trust)

    def standalone(self, path: Path) -> int:
        given: list[str | Path] = []
        given += ["--trust", self.root] if self.case.trust == "root" else []
        given += ["--signer", self.signer.fingerprint] if self.case.trust == "fingerprint" else []
        given += ["--against", self.seen] if self.case.against else []
        done = subprocess.run(
            [sys.executable, STANDALONE, path, *given],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 1, 2, 3), done.stderr
        return done.returncode

    def cms(self, *, flags: list[str] = NO_SYSTEM) -> bool:
        """One command for each seal that the signer announced, with the certificate compared as README says."""
        anchor = self.root
        if self.case.trust != "root":
            anchor = self.folder / "certs/root.pem"
        for name in self.case.seals:
            signer = self.zip.with_name("signer.pem")
            if not self._accepts(
                ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", f"seals/{name}.p7s",
                 "-content", "tagmanifest-sha256.txt", "-CAfile", anchor, *flags, "-signer", signer,
                 "-out", os.devnull],
                self.folder,
            ):  # fmt: skip
                return False
            if self.case.trust == "fingerprint":
                shown = subprocess.run(
                    ["openssl", "x509", "-in", signer, "-noout", "-fingerprint", "-sha256"],
                    capture_output=True,
                    check=True,
                )
                if self.signer.fingerprint.upper() not in shown.stdout.decode().replace(":", ""):
                    return False
        return True

    def ssh(self) -> bool:
        """The first signer against the recipient's own list; a second one against the enclosed list."""
        for name in self.case.seals:
            own = name == "01-examiner" and self.case.trust != "nothing"
            signers = self.allowed if own else self.zip.with_name("enclosed")
            who = principal(self.signer)
            if not own:
                who = "anybody"
                key = (self.folder / "certs/allowed_signers").read_text().split()
                signers.write_text(f'anybody namespaces="evidence-package" {key[2]} {key[3]}\n')
            signature = self.folder / f"seals/{name}.sig"
            if name == "02-reviewer":
                if not signature.exists():
                    return False
                continue
            with (self.folder / "tagmanifest-sha256.txt").open("rb") as signed:
                command = [
                    "ssh-keygen",
                    "-Y",
                    "verify",
                    "-f",
                    signers,
                    "-I",
                    who,
                    "-n",
                    "evidence-package",
                    "-s",
                    signature,
                ]
                if not self._accepts(command, self.folder, stdin=signed):
                    return False
        return True

    def sums(self, name: str) -> bool:
        return self._accepts(["sha256sum", "--strict", "--quiet", "-c", name], self.folder)

    def names(self) -> bool:
        return self._accepts(["bash", "-c", DIFF], self.folder)

    def bagit(self) -> bool:
        program = shutil.which("bagit.py") or Path(sys.executable).with_name("bagit.py")
        return self._accepts([sys.executable, program, "--quiet", "--validate", self.folder])

    def pdfsig(self) -> bool:
        done = subprocess.run(
            ["pdfsig", "-nocert", self.folder / "data/report.pdf"], capture_output=True, text=True, check=False
        )
        text = done.stdout
        return "Signature is Valid" in text and "\n  - Total document signed" in text and "Signature #2" not in text

    def accepts(self, checker: str) -> bool:
        checks: dict[str, Callable[[], bool]] = {
            "casebound": lambda: self.ours(self.zip).exit_code() in (0, 3),
            "verify.py": lambda: self.standalone(self.zip) in (0, 3),
            "openssl cms": self.cms,
            "ssh-keygen": self.ssh,
            "sha256sum tags": lambda: self.sums("tagmanifest-sha256.txt"),
            "sha256sum payload": lambda: self.sums("manifest-sha256.txt"),
            "diff of names": self.names,
            "bagit.py": self.bagit,
            "pdfsig": self.pdfsig,
        }
        return checks[checker]()


@pytest.fixture
def recipient(tmp_path: Path, sound: tuple[str, Files], world: World) -> Callable[[Manipulation], Recipient]:
    def receive(case: Manipulation) -> Recipient:
        top, files = sound[0], dict(sound[1])
        seen = next(data for name, data in files.items() if name.endswith(".checkpoint"))
        case.change(files, world)
        return Recipient(tmp_path, top, files, case, world, seen)

    return receive


def test_the_programs_of_a_recipient_are_there() -> None:
    missing = [
        name for name in ("openssl", "ssh-keygen", "sha256sum", "bash", "pdfsig", "diff") if not shutil.which(name)
    ]
    assert not missing, "python3 dev.py test installs them"


@pytest.mark.parametrize("case", [UNTOUCHED, *MANIPULATIONS], ids=lambda case: case.name)
def test_no_checker_accepts_what_it_says_it_checks(
    case: Manipulation, recipient: Callable[[Manipulation], Recipient]
) -> None:
    stranger = recipient(case)
    told = {checker: cell(checker, case) for checker in CHECKERS}
    done = {checker: stranger.accepts(checker) for checker in CHECKERS}
    assert done == {checker: word != "refuses" for checker, word in told.items()}


@pytest.mark.parametrize("case", [UNTOUCHED, *MANIPULATIONS], ids=lambda case: case.name)
def test_our_verdict_and_finding(case: Manipulation, recipient: Callable[[Manipulation], Recipient]) -> None:
    stranger = recipient(case)
    for path in (stranger.zip, stranger.folder):
        report = stranger.ours(path)
        assert report.verdict == case.verdict, (path, report.findings)
        assert "Verified" not in report.headline or report.verdict == "verified-with-limits"
        if case.finds:
            found = [
                finding for finding in report.findings if finding.check == case.finds and case.item in finding.item
            ]
            assert found, report.findings
        else:
            assert not report.findings
        assert all(finding.problem.endswith(".") for finding in report.findings), report.findings
    unpacked = stranger.standalone(stranger.folder)
    assert unpacked == stranger.standalone(stranger.zip), "verify.py says the same of the folder and of the ZIP"


def test_the_untouched_package_has_just_the_expected_limits(recipient: Callable[[Manipulation], Recipient]) -> None:
    stranger = recipient(UNTOUCHED)
    assert stranger.ours(stranger.zip).limits == ("UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")


def test_without_the_two_flags_openssl_trusts_the_system(recipient: Callable[[Manipulation], Recipient]) -> None:
    """Why the recipient's command has them: a stranger's certificate under a public CA would pass."""
    stranger = recipient(next(case for case in MANIPULATIONS if case.system_store))
    assert stranger.cms(flags=[])
    assert not stranger.cms()
