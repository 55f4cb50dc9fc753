"""What the documents claim is there: the tests that the threat model names, published hashes, links."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path

import pytest

from casebound_packaging.verify import LIMITS, Verdict
from casebound_packaging.verify.alone import SCRIPTS, script

ROOT = Path(__file__).resolve().parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", MODEL)))
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "SECURITY.md"]


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_the_threat_model_names_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert not function or function in defined


def test_every_attack_is_found_by_a_test_or_said_not_to_be() -> None:
    """A row of the threat model names a test, or says that nothing finds it, or that it was only read."""
    rows = [line for line in MODEL.splitlines() if line.startswith("|") and not line.startswith(("|---", "| attack"))]
    assert len(rows) > 50
    for row in rows:
        _, attack, found, test, _ = (part.strip() for part in row.split("|"))
        assert attack and found, row
        assert (
            "`tests/" in test
            or test.startswith(("the same", "*by reading"))
            or re.search(r"\b(nothing|not found|not stopped|cannot)\b", found.lower())
        ), row


def test_the_published_hash_is_that_of_the_script() -> None:
    page = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8")
    table = page[page.index("SHA-256 of check.sh") :].split("\n\n")[0]
    published = re.findall(r"`([0-9a-f]{64})`", table)
    assert published[0] == hashlib.sha256(script()).hexdigest()
    assert set(published[1:]) == SCRIPTS


def test_every_limit_and_verdict_is_explained() -> None:
    page = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8")
    for name in (*LIMITS, *(f"`{verdict}`" for verdict in Verdict)):
        assert f"| {name} |" in page, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_headings_that_links_name_are_there() -> None:
    for page in PAGES:
        for target, heading in re.findall(r"\]\(([\w./-]*\.md)#([^)]+)\)", page.read_text(encoding="utf-8")):
            text = (page.parent / target).read_text(encoding="utf-8")
            known = {
                re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
                for line in re.findall(r"^#+ .*$", text, re.M)
            }
            assert heading in known, (page.name, target, heading)
