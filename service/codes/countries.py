"""Countries and nationalities, by three-letter code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.codes.tables import rows

UNKNOWN: Final = "ZZ-UNKNOWN"
"""Effective nationality of a person of whom none was asserted. Local, never sent by a client."""

DISPUTED: Final = "ZZ-DISPUTED"
"""Effective nationality while equally strong assertions disagree. Local, never sent by a client."""

COUNTRIES: Final[Mapping[str, str]] = MappingProxyType({row["code"]: row["label"] for row in rows("countries")})
"""ISO 3166-1 alpha-3 codes to English short names; ``TWN`` is a reporting area of its own."""

_SPECIALS: Final = {
    "GBD": "British Overseas Territories citizen",
    "GBN": "British National (Overseas)",
    "GBO": "British Overseas citizen",
    "GBP": "British protected person",
    "GBS": "British subject",
    "RKS": "Kosovo",
    "XXA": "Stateless person",
    "XXB": "Refugee (1951 Convention)",
    "XXC": "Refugee (other than 1951 Convention)",
    "XXX": "Unspecified nationality",
}

NATIONALITIES: Final[Mapping[str, str]] = MappingProxyType({**COUNTRIES, **_SPECIALS})
"""Nationalities that may be asserted: countries, and further codes of travel documents.

Source: ICAO Doc 9303-3, codes for persons without a defined nationality and for British statuses. ``RKS`` is
neither an ISO nor an ICAO code, but stands on documents in circulation.
"""

EFFECTIVE_NATIONALITIES: Final[Mapping[str, str]] = MappingProxyType(
    {**NATIONALITIES, UNKNOWN: "Unknown nationality", DISPUTED: "Disputed nationality"}
)
"""Nationalities under which a person is counted: every table shows the unknown and disputed rows."""
