"""Tables that are shipped with the package."""

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of ``service/codes/data/<name>.csv``, in file order, keyed by column."""
    text = (files("service.codes") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
