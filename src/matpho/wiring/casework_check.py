"""The check of evidence and trail over the database and vault that the settings name."""

from pathlib import Path

from sqlalchemy.engine import make_url

from matpho.casework.check import CaseworkReport, check_casework
from matpho.plugins.vaults.folder import FolderVault
from matpho.settings import Settings


def evidence_report(settings: Settings) -> CaseworkReport | None:
    """Read all evidence and the whole trail; None before there is a database.

    Raises Corrupt or StorageProblem when the database cannot be read.
    """
    from matpho.wiring.desk import open_store

    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return None
    store = open_store(settings)
    try:
        return check_casework(store, FolderVault(settings.evidence_folder))
    finally:
        store.close()
