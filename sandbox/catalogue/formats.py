"""How CKAN itself spells the formats of files."""

from __future__ import annotations

import mimetypes
from typing import Final

FORMATS: Final = {
    ending.lower(): ending
    for ending in (
        *("CSV", "PDF", "XLS", "XLSX", "JSON", "XML", "ZIP", "TXT", "HTML", "KML", "KMZ", "SHP"),
        *("GeoJSON", "DOC", "DOCX", "TSV", "RDF", "PNG", "JPEG", "WMS", "WFS", "ODS", "PPTX"),
    )
}


def spelled(given: str) -> str:
    """A known format in CKAN's spelling, by its ending or media type; another as it is."""
    ending = (mimetypes.guess_extension(given) or given).removeprefix(".").lower()
    return FORMATS.get(ending, given)
