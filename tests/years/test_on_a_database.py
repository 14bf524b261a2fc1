"""As many calls as an invented year has, through the service and a real database, folded day by day."""

import pytest

from tests.engine import Databases
from tests.ledger.conftest import told
from tests.ledger.questions import questions_of_months, told_at
from tests.long import LONG
from tests.years.walking import CASES

STEPS = 9_000
"""Of which some are refused, as calls are."""


@pytest.mark.skipif(not LONG, reason="thousands of calls")
def test_every_figure_of_a_year_of_calls_is_what_the_plain_model_says(databases: Databases) -> None:
    year = told(databases, days=2, asked=questions_of_months, cases=CASES, steps=STEPS, nights=40, crowd=1_000)
    with year as history:
        assert len(history.folded) > 30
        records = {moment: told_at(history.log, moment) for moment in history.moments}
        for answers in (history.before, history.after):
            for asked, document in answers:
                found = asked.found(document)
                assert found is None or found == asked.expected(records[asked.known_at]), asked
