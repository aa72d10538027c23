"""Archive of everything that is kept about a person; it begins with a page that one can read."""

import io
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from mesure.reports.downloads import first_page, own_data_page
from mesure.web.shared.record_heading import PersonRecord
from mesure.web.shared.visits import PageVisit


def write(visit: PageVisit, record: PersonRecord, data: bytes) -> bytes:
    """Return everything as an archive: the page first, made from the data itself."""
    tables = msgspec.json.decode(data, type=dict[str, list[dict[str, Any]]])
    catalogue, typeset = visit.texts.catalogue, visit.parts.typeset
    now = visit.context.now
    page = own_data_page.page(
        record.person, data, tables, now, record.zone, catalogue, has_pdf=typeset is not None
    )
    files = {first_page.HTML: first_page.html(page, catalogue).encode()}
    if typeset is not None:
        files[first_page.PDF] = typeset(first_page.source(page, catalogue), now)
    return _packed({**files, **own_data_page.order_files(tables), own_data_page.FILE: data})


def _packed(files: dict[str, bytes]) -> bytes:
    """Return files as a ZIP in their order, without the time of this machine."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(ZipInfo(path), data, ZIP_DEFLATED)
    return out.getvalue()
