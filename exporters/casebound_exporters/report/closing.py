"""How to verify without our software, method and tools, and the statement of limits."""

from __future__ import annotations

from reportlab.platypus import Flowable  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Press
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import Cover, ReportModel
from casebound_exporters.report.written import counted


def commands(model: ReportModel) -> list[tuple[str, str]]:
    """(what it shows, exact command) in the order in which a stranger should run them, from inside the unpacked
    folder. The certificate is written beside the folder, so that nothing is added to what is compared.
    """
    seal = model.seals[0] if model.seals else "01-examiner"
    root = "certs/root.pem" if model.cover.self_issued else "ORGANISATION-ROOT.pem"
    made = [
        (
            (
                "The seal. OpenSSL must say “CAdES Verification successful”. The two options in the third line "
                "keep it from also trusting every authority of your system. The certificate is written beside "
                "the folder, as signer.pem."
            ),
            (
                f"openssl cms -verify -cades -binary -inform DER -in seals/{seal}.p7s \\\n"
                "  -content tagmanifest-sha256.txt \\\n"
                f"  -CAfile {root} -no-CApath -no-CAstore \\\n"
                "  -signer ../signer.pem -out /dev/null"
            ),
        ),
        (
            "Who signed. Compare the fingerprint with one that reached you another way.",
            "openssl x509 -in ../signer.pem -noout -subject -fingerprint -sha256",
        ),
        (
            "The files are those that were sealed. Every line must end in “OK”.",
            "sha256sum --strict -c tagmanifest-sha256.txt \\\n  && sha256sum --strict -c manifest-sha256.txt",
        ),
        (
            "Nothing was added or taken away. It must print nothing (bash).",
            (
                "diff <(find . ! -type d | sed 's#^\\./##' | grep -v '^seals/' | LC_ALL=C sort) \\\n"
                "  <( (echo tagmanifest-sha256.txt; \\\n"
                "  cut -c67- tagmanifest-sha256.txt manifest-sha256.txt) | LC_ALL=C sort)"
            ),
        ),
        (
            (
                "The same seal for people who have OpenSSH. The name after -I is the first word of the line in "
                "certs/allowed_signers; take that line from somewhere else if you can."
            ),
            (
                "ssh-keygen -Y verify -f certs/allowed_signers \\\n"
                "  -I \"$(cut -d' ' -f1 certs/allowed_signers | head -n 1)\" \\\n"
                f"  -n evidence-package -s seals/{seal}.sig \\\n"
                "  < tagmanifest-sha256.txt"
            ),
        ),
        (
            (
                "This report. It must say both “Signature is Valid” and “Total document signed”; the first alone is "
                "not enough."
            ),
            "pdfsig -nocert data/report.pdf",
        ),
    ]
    if model.stamp_asked:
        made.append(
            (
                (
                    "The time stamp over the seal, where one was given (then it lies in seals/, or beside the ZIP). "
                    "Ask the time stamp service for its root certificate; certs/tsa-chain.pem has what lies between."
                ),
                f"openssl ts -verify -data seals/{seal}.p7s -in seals/{seal}.p7s.tsr \\\n  -CAfile TSA-ROOT.pem",
            )
        )
    return made


def verifying(model: ReportModel, press: Press) -> list[Flowable]:
    """Commands of stock programs, exactly as they are to be typed."""
    made: list[Flowable] = [
        press.section("How to verify without our software"),
        press.text(
            style.TEXT,
            "Unpack the ZIP, open a terminal in its folder and run these commands of a stock Linux "
            "system (OpenSSL 3, coreutils, OpenSSH, "
            "poppler; bash for the fourth). They use nothing made by us.",
        ),
    ]
    for place, (meaning, command) in enumerate(commands(model), 1):
        made += press.whole(press.text(style.SMALL, f"{place}. {meaning}"), press.command(command))
    made.append(_trust(model.cover, press))
    if model.verifier_enclosed:
        made.append(
            press.text(
                style.NOTE,
                "verify.py in the package checks the seal, the signer and every file with Python and the openssl "
                "program alone. Like certs/ and README-VERIFY.txt it came from whoever made the package: prefer a "
                "copy from elsewhere.",
            )
        )
    made.append(
        press.text(
            style.NOTE,
            "These commands look neither into the custody record nor at the sums of the completeness statement. "
            "casebound-verify checks both; verify.py checks them in part and says which. No verifier of ours counts "
            "the printed numbers again: that is done with the SQL in data/queries/, or by hand from the tables.",
        )
    )
    return made


def _trust(cover: Cover, press: Press) -> Flowable:
    if cover.self_issued:
        text = (
            "The identity is self-issued, so certs/root.pem is the signer’s own certificate and came "
            "with the package. The first command then "
            "shows that one key sealed all of it; only the comparison of fingerprints shows whose key."
        )
    else:
        text = "Take the organisation’s root certificate from the organisation, not from certs/ in the package."
    return press.panel(
        press.text(style.STRONG_VALUE, "Trust comes from outside the package"), press.text(style.SMALL, text)
    )


ESTABLISHED = (
    (
        "The contents are unchanged since they were sealed",
        "by the seals, the manifests and the signature of this report",
    ),
    ("One key sealed all of it", "by the same signatures; whose key it is, only the compared fingerprint shows"),
    (
        "The custody record enclosed is unbroken and complete to its last line",
        "by its hash chain and the signed checkpoint",
    ),
    ("The stated counts add up and agree with the rows enclosed", "by data/completeness.json"),
    ("The printed numbers follow from the enclosed rows", "by data/queries/, for whoever recomputes them"),
)
NOT_ESTABLISHED = (
    ("Origin", "that the exports came from the system they are said to come from, or were made as stated"),
    ("Completeness", "that the exports held everything there was before they were brought in"),
    ("Custody before import", "who held or changed the files before the first line of the custody record"),
    ("Truth", "that what the records say happened, or that it means what a finding says"),
    ("Admissibility", "whether a court or authority will accept it; that is theirs to decide"),
    ("Time", "when it was sealed, beyond the signer’s own clock"),
)


def limits(model: ReportModel, press: Press) -> list[Flowable]:
    """What was checked and what nobody should read into it."""
    absent = list(NOT_ESTABLISHED)
    if model.stamp_asked:
        absent[-1] = (
            "Time",
            "when it was sealed, beyond the signer’s own clock and a time stamp, if one lies in seals/",
        )
    columns = [Column("", 190), Column("", style.WIDTH - 190)]
    checked = ESTABLISHED if model.numbers else ESTABLISHED[:-1]
    return [
        press.section("Statement of limits"),
        *press.whole(
            press.text(style.HEADING, "What can be checked"),
            table(press, columns, [[(style.CELL_STRONG, what), (style.CELL, how)] for what, how in checked]),
        ),
        *press.whole(
            press.text(style.HEADING, "What is not established"),
            table(press, columns, [[(style.CELL_STRONG, what), (style.CELL, how)] for what, how in absent]),
        ),
        press.text(
            style.TEXT,
            "This report states facts about records and judgements of the people named. It is not a "
            "certification, an expert opinion or "
            "legal advice.",
        ),
    ]


def method(model: ReportModel, press: Press) -> list[Flowable]:
    """How it was made. Comes last: it reports what the setting of all the rest had to replace."""
    counting = " Numbers were computed by the SQL enclosed." if model.numbers else ""
    made: list[Flowable] = [
        press.section("Method and tools"),
        press.text(
            style.TEXT,
            "Originals were hashed and kept before anything was read from them. Rows were read from the kept "
            f"originals; unreadable ones were set aside.{counting} The package is a BagIt 1.0 bag with RFC 6962 hash "
            "trees and CAdES and OpenSSH seals; this report is PDF/A-3b with one PAdES signature that allows no "
            "change.",
        ),
    ]
    own = [(name, version) for name, version in model.tools if name.startswith("Casebound")]
    others = ", ".join(f"{name} {version}" for name, version in model.tools if (name, version) not in own)
    made.append(press.facts([*((name, (style.DIGEST, version)) for name, version in own), ("With", others)]))
    made += [press.text(style.HEADING, "How text is shown"), *[press.text(style.NOTE, line) for line in _shown(press)]]
    return made


def _shown(press: Press) -> list[str]:
    account = press.setter.account
    lines = [
        (
            "Text from the case is printed as data and never run as markup. Line ends inside a value are "
            "shown as ↵, tabs as ⇥. Letters of scripts written "
            "from right to left stand in the order in which they are stored, unjoined. The exact bytes are "
            "in the files of the package."
        )
    ]
    if account.hidden:
        lines.append(
            f"{counted(account.hidden, 'character')} that cannot be seen or that would change how others "
            f"are read (controls, direction marks, "
            "zero-width, stacked marks) are printed as their code, such as U+202E."
        )
    else:
        lines.append("No invisible or direction-changing character had to be replaced.")
    if account.missing:
        total = sum(account.missing.values())
        some = sorted(account.missing)
        names = ", ".join(some[:24]) + (f" and {len(some) - 24:,} more" if len(some) > 24 else "")
        lines.append(f"{counted(total, 'character')} that no bundled font has are printed as their code: {names}.")
    else:
        lines.append("Every character that can be seen was in a bundled font.")
    if account.shortened:
        lines.append(
            f"{counted(account.shortened, 'text')} longer than their place are cut; each says how much of it is shown."
        )
    return lines
