"""The register told again in the plainest way, for every test that wants a second opinion.

Written from the pages: design/domain.md, design/figures.md, docs/figures.md, docs/contract.md and the decisions that
they name. It shares nothing with the service but the words of the log: rows go in, stories and counts come out.

`telling` says what a log amounts to, `nationality` and `ages` whose and how old somebody is, `counting` what a figure
counts, `moving` what may be recorded next.
"""

from tests.plain.counting import Record, count, countable, records_of
from tests.plain.telling import Case, Person, Row, standing, tell

__all__ = ["Case", "Person", "Record", "Row", "count", "countable", "records_of", "standing", "tell"]
