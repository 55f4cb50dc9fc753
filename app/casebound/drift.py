"""Columns that come, go and change their names between exports of one table.

A case shows the union: a row has nothing in a column that its export did not have. What changed is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from casebound.case import Source, TableMapping
from casebound.generation import SourceDraft
from casebound.moments import utc_text

_MOST = 12
_TELLING = 3  # columns that two tables must share before it means anything


def words(mapping: TableMapping, sources: Sequence[Source], drafts: Sequence[SourceDraft] = ()) -> tuple[str, ...]:
    """How the columns of a table differ from those of the export of the same table that came last, one sentence for
    what came and one for what is missing. `drafts` were read before in the same work.
    """
    before = [(source.label, source.mapping) for source in sources if source.table == mapping.table]
    before += [(f"“{draft.name}”", draft.mapping) for draft in drafts if draft.table == mapping.table]
    if not before:
        return ()
    label, last = before[-1]
    here, there = _names(mapping), _names(last)
    came, went = [here[key] for key in here if key not in there], [there[key] for key in there if key not in here]
    told = []
    if came:
        known = {key for _, other in before[:-1] for key in _names(other)}
        again = " (known from an earlier export)" if all(name.lower() in known for name in came) else ""
        told.append(f"Columns that {label} does not have: {_listed(came)}{again}. Its rows have nothing there.")
    if went:
        told.append(f"Columns of {label} that are missing here: {_listed(went)}. These rows have nothing there.")
    if came and went:
        told.append("A column that changed its name is both; nothing was put together by guessing.")
    changed = [
        f"{column.name} ({role} before, {column.role})"
        for column in mapping.columns
        if (role := _roles(last).get(column.name.lower())) is not None and role != column.role
    ]
    if changed:
        told.append(f"Columns that mean something else than in {label}: {_listed(changed)}.")
    return tuple(told)


def alike(draft: SourceDraft, sources: Sequence[Source], drafts: Sequence[SourceDraft] = ()) -> tuple[str, ...]:
    """A word for each other table that has the same columns and times in common with this one: rows that stand in both
    would be counted in each, because rows are compared within one table only.
    """
    columns = set(_names(draft.mapping))
    if len(columns) < _TELLING or draft.first_us is None or draft.last_us is None:
        return ()
    others = [
        (f"{one.label}, table “{one.table}”,", one.table, one.mapping, one.first_us, one.last_us) for one in sources
    ]
    others += [(f"Table “{one.table}”", one.table, one.mapping, one.first_us, one.last_us) for one in drafts]
    told = []
    for label, table, mapping, first_us, last_us in others:
        if table == draft.table or first_us is None or last_us is None or set(_names(mapping)) != columns:
            continue
        first, last = max(first_us, draft.first_us), min(last_us, draft.last_us)
        if first <= last:
            told.append(
                f"{label} has the same columns, and times in common from {utc_text(first)} to {utc_text(last)}. A row "
                f"that stands in both is counted in each table. If they are one table, bring this file in under the "
                f"name “{table}”: then such rows are counted once."
            )
    return tuple(told)


def _names(mapping: TableMapping) -> dict[str, str]:
    return {column.name.lower(): column.name for column in mapping.columns}


def _roles(mapping: TableMapping) -> dict[str, str]:
    return {column.name.lower(): column.role for column in mapping.columns}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST])
    return f"{shown} and {len(names) - _MOST} more" if len(names) > _MOST else shown
