"""Make the pages PDF/A-3b: colour profile, metadata, no unembedded font, nothing that the standard forbids; then
check it.
"""

from __future__ import annotations

import io
from datetime import UTC

from casebound_exporters.report.model import Cover

FLAVOUR = "3b"


def archived(pages: bytes, cover: Cover) -> bytes:
    """The pages as PDF/A-3b. Raises `AssertionError` where pikepdf's checker does not accept the result: a bug of
    ours.
    """
    import pikepdf
    from pikepdf import pdfa

    when = cover.sealed_at.astimezone(UTC)
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        _clean(pdf)
        pdf.Root.Lang = pikepdf.String("en-GB")
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdfa.prepare(pdf, FLAVOUR)
        title = _plain(f"Evidence report, case {cover.case_number}: {cover.case_title}", 200)
        subject = _plain(f"Package {cover.package_id}", 200)
        keywords = f"package {cover.package_id}; evidence root {cover.evidence_root}"
        written = f"{when:%Y-%m-%dT%H:%M:%S}+00:00"
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:creator"] = [_plain(cover.signer, 120)]
            metadata["dc:description"] = subject
            metadata["dc:language"] = {"en-GB"}
            metadata["pdf:Keywords"] = keywords
            metadata["pdf:Producer"] = "Casebound"
            metadata["xmp:CreatorTool"] = "Casebound"
            for key in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
                metadata[key] = written
        stamp = f"D:{when:%Y%m%d%H%M%S}+00'00'"
        del pdf.docinfo
        for key, value in (
            ("Title", title),
            ("Author", _plain(cover.signer, 120)),
            ("Subject", subject),
            ("Keywords", keywords),
            ("Producer", "Casebound"),
            ("Creator", "Casebound"),
            ("CreationDate", stamp),
            ("ModDate", stamp),
        ):
            pdf.docinfo[f"/{key}"] = pikepdf.String(value)
        target = io.BytesIO()
        pdf.save(target, **pdfa.resolve_save_kwargs(pdfa.Flavour(FLAVOUR), deterministic_id=True))
    judged = problems(target.getvalue())
    assert not judged, f"the report is not PDF/A-3b: {judged[:3]}"
    return target.getvalue()


def problems(document: bytes) -> list[str]:
    """Why pikepdf's checker does not accept `document` as PDF/A-3b; empty where it does."""
    from pikepdf import pdfa

    report = pdfa.validate_written(io.BytesIO(document), FLAVOUR)
    return [] if report.passed else [str(finding) for finding in report.findings] or ["not accepted"]


def _clean(pdf: object) -> None:
    """Take out what ReportLab always puts in: an unembedded Helvetica that no page uses, and empty transitions."""
    for page in pdf.pages:  # type: ignore[attr-defined]
        if "/Trans" in page:
            del page["/Trans"]
        fonts = page.get("/Resources", {}).get("/Font", {})
        for name in [
            name for name, font in fonts.items() if "/FontDescriptor" not in font and font.get("/Subtype") == "/Type1"
        ]:
            del fonts[name]


def _plain(text: str, most: int) -> str:
    """Text for metadata: printable characters only."""
    return "".join(character if character.isprintable() else " " for character in text)[:most]
