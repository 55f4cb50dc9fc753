"""`data/metadata/case.jsonld`: the package's evidence in CASE/UCO, for tools that read it.

One investigation, one action (the preparation of this package), a provenance record with its exhibit number for every
exhibit, and the
original files with their hashes. Conforms to CASE 1.4 and later as judged by case_validate; since UCO 1.4
`hashMethod` is a plain string.
Identifiers are UUIDv5 of what they name, so that two exports of one state are equal.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime

from casebound.case import Snapshot
from casebound_exporters.exhibits import Chosen
from casebound_packaging import __version__
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member
from casebound_packaging.times import stamp

_CONTEXT = {
    "kb": "urn:casebound:kb:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, object]


def member(snapshot: Snapshot, chosen: Sequence[Chosen], signer: str, key: str, sealed_at: datetime) -> Member:
    """The interchange file."""
    log = snapshot.log_origin
    person, tool = _name(log, "identity", key), _name(log, "tool", __version__)
    graph: list[Node] = [
        {
            "@id": person,
            "@type": "uco-identity:Person",
            "uco-core:name": signer,
            "uco-core:description": f"SHA-256 of the public key: {key}",
        },
        {"@id": tool, "@type": "uco-tool:AnalyticTool", "uco-core:name": "Casebound", "uco-tool:version": __version__},
    ]
    evidence: dict[str, Node] = {}
    records: list[Node] = []
    for one in chosen:
        digest = one.attachment.sha256 if one.attachment else one.event.id.sha256 if one.event else ""
        name, size = _file(one, snapshot)
        identity = _name(log, "file", digest)
        evidence.setdefault(digest, _observable(log, identity, digest, name, size))
        records.append(
            {
                "@id": _name(log, "exhibit", one.exhibit.number),
                "@type": "case-investigation:ProvenanceRecord",
                "case-investigation:exhibitNumber": one.exhibit.number,
                "uco-core:description": _plain(one),
                "uco-core:object": {"@id": identity},
            }
        )
    investigation = _name(log, "investigation", snapshot.number)
    action: Node = {
        "@id": _name(log, "action", stamp(sealed_at)),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "Preparation of a signed evidence package",
        "uco-action:startTime": {"@type": "xsd:dateTime", "@value": stamp(sealed_at)},
        "uco-action:performer": {"@id": person},
        "uco-action:instrument": {"@id": tool},
    }
    if evidence:
        action["uco-action:object"] = [{"@id": node["@id"]} for node in evidence.values()]
        action["uco-action:result"] = [{"@id": node["@id"]} for node in records]
    parts = [person, tool, str(action["@id"]), *(str(node["@id"]) for node in (*evidence.values(), *records))]
    graph.append(
        {
            "@id": investigation,
            "@type": "case-investigation:Investigation",
            "uco-core:name": f"{snapshot.number}: {snapshot.title}",
            "uco-core:object": [{"@id": part} for part in parts],
        }
    )
    graph += [action, *evidence.values(), *records]
    document = canonical({"@context": _CONTEXT, "@graph": graph}) + b"\n"
    assert json.loads(document)
    return Member("data/metadata/case.jsonld", "interchange", "application/ld+json", document)


def _name(log: str, kind: str, what: str) -> str:
    return f"kb:{kind}-{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:casebound:{log}:{kind}:{what}')}"


def _file(one: Chosen, snapshot: Snapshot) -> tuple[str, int]:
    if one.attachment is not None:
        return one.attachment.name, one.attachment.size
    assert one.event is not None
    source = next(source for source in snapshot.sources if source.number == one.event.source)
    return source.name, source.size


def _plain(one: Chosen) -> str:
    caption = one.exhibit.caption or (one.attachment.title if one.attachment else "") or "No caption"
    return caption if one.event is None else f"{caption} (row {one.event.id}, line {one.event.line})"


def _observable(log: str, identity: str, digest: str, name: str, size: int) -> Node:
    return {
        "@id": identity,
        "@type": "uco-observable:File",
        "uco-core:hasFacet": [
            {
                "@id": _name(log, "file-facet", digest),
                "@type": "uco-observable:FileFacet",
                "uco-observable:fileName": name,
                "uco-observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(size)},
            },
            {
                "@id": _name(log, "content-facet", digest),
                "@type": "uco-observable:ContentDataFacet",
                "uco-observable:hash": {
                    "@id": _name(log, "hash", digest),
                    "@type": "uco-types:Hash",
                    "uco-types:hashMethod": "SHA256",
                    "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest.upper()},
                },
            },
        ],
    }
