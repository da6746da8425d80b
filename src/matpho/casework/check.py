"""Whether evidence and trail are what they were: every sealed file against its row, every manifest, every link."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from matpho.casework.ports import EvidenceVault, Sealed, Store
from matpho.domain.audit import first_break
from matpho.domain.evidence import Evidence, EvidenceKind
from matpho.domain.text_words import amiss
from matpho.domain.words import Said
from matpho.errors import MatphoError


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseworkReport:
    """What was checked and what is wrong.

    ``strays`` are files in the vault that no row names: a desk was killed between sealing and storing, and sealed the
    same again after its restart. They are no loss, and nothing is deleted.
    """

    files: int
    audit_rows: int
    problems: tuple[Said, ...]
    strays: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def _of_file(vault: EvidenceVault, row: Evidence) -> Said | None:
    return _whole(vault, Sealed(row.path, row.sha256, row.size_bytes))


def _whole(vault: EvidenceVault, sealed: Sealed) -> Said | None:
    try:
        vault.verify(sealed)
    except MatphoError as e:
        return Said(e.vi, e.en)
    return None


def _of_manifest(vault: EvidenceVault, row: Evidence, hashes: dict[str, str]) -> Said | None:
    """A manifest whose file is whole may still name a file that is no evidence, or another hash than its row."""
    try:
        told = json.loads(vault.file(row.path).read_text("utf-8"))["files"]
        wrong = [f["file"] for f in told if f["file"] and hashes.get(f["file"]) != f["sha256"]]
    except MatphoError as e:
        return Said(f"không đọc được bản kê {row.path}: {e.vi}", f"the manifest {row.path} cannot be read: {e.en}")
    except (ValueError, KeyError, TypeError) as e:
        why = amiss(e)
        return Said(f"không đọc được bản kê {row.path}: {why.vi}", f"the manifest {row.path} cannot be read: {why.en}")
    if not wrong:
        return None
    names = ", ".join(map(str, wrong))
    return Said(f"bản kê {row.path} không khớp với {names}", f"the manifest {row.path} does not agree with {names}")


def check_casework(
    store: Store, vault: EvidenceVault, progress: Callable[[int], None] = lambda _: None
) -> CaseworkReport:
    """Read all evidence and the whole trail; ``progress`` hears how many files are done.

    Raises StorageProblem when the database cannot be read.
    """
    problems: list[Said] = []
    with store.read() as unit:
        rows = list(unit.evidence.sealed())
        trail = list(unit.audit.rows())
        records = {t.path: Sealed(t.path, t.sha256, t.size_bytes) for t in unit.trials.sealed()}
    hashes = {row.path: row.sha256 for row in rows}
    for done, row in enumerate(rows, start=1):
        found = _of_file(vault, row)
        if found is None and row.kind is EvidenceKind.MANIFEST:
            found = _of_manifest(vault, row, hashes)
        if found is not None:
            problems.append(found)
        progress(done)
    problems += [said for sealed in records.values() if (said := _whole(vault, sealed)) is not None]
    broken = first_break(trail)
    if broken is not None:
        problems.append(
            Said(f"nhật ký kiểm tra bị thay đổi từ dòng {broken}", f"the audit trail is altered from row {broken} on")
        )
    strays = tuple(name for name in vault.names() if name not in hashes and name not in records)
    return CaseworkReport(
        files=len(rows) + len(records), audit_rows=len(trail), problems=tuple(problems), strays=strays
    )
