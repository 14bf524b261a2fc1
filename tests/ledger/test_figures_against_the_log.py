"""Every figure equals what a plain model counts in the log, at every moment, folded or not."""

from collections import Counter
from datetime import date, timedelta
from typing import Final

from service.figures.rules.definitions import DEFINITIONS
from tests import plain
from tests.ledger.conftest import History
from tests.ledger.questions import FLOWS, STOCKS, log_of, told_at, values

BY_OWN_PARTS: Final = {"cases_by_finding", "completeness", "days_in_status"}


def test_the_history_is_worth_asking_about(history: History) -> None:
    kinds = Counter(row["kind"] for row in history.log)
    assert history.population.accepted > 100
    assert (
        min(
            kinds[kind]
            for kind in (
                "custody_started",
                "documents_checked",
                "stage_reached",
                "rescued",
                "repatriated",
                "ended",
                "voided",
                "nationality_asserted",
            )
        )
        > 3
    )
    assert len({row["recorded_at"].date() for row in history.log}) == 5
    assert FLOWS.keys() | STOCKS.keys() == DEFINITIONS.keys()


def test_every_figure_is_what_the_log_says_it_was_at_that_moment(history: History) -> None:
    told = {moment: told_at(history.log, moment) for moment in history.moments}
    for asked, document in history.before:
        if asked.figure != "persons_alleged":
            assert values(document) == asked.expected(told[asked.known_at]), asked


def test_every_total_is_the_sum_of_its_parts_or_of_humans(history: History) -> None:
    told = {moment: told_at(history.log, moment) for moment in history.moments}
    for asked, document in history.before:
        if asked.figure == "persons_alleged":
            continue
        parts = [len(asked.filters.get(part["name"], ())) for part in document["by"] if part["parts"] == "overlapping"]
        if parts and (parts[0] > 1 or (parts[0] == 0 and asked.figure in BY_OWN_PARTS)):
            assert "total" not in document
            continue
        apart = type(asked)(asked.figure, asked.first, asked.last, (), asked.known_at, asked.filters)
        assert values({"by": [], "cells": [document["total"]]}).get((), 0) == apart.expected(told[asked.known_at]).get(
            (), 0
        ), asked


def test_every_check_holds(history: History) -> None:
    checks = [(asked, check) for asked, document in history.before for check in document["checks"]]
    assert {check["name"] for _, check in checks} == {"C1", "C2", "C3", "C4", "C7"}
    assert [asked for asked, check in checks if not check["holds"]] == []


def test_the_answers_are_the_same_to_the_letter_before_and_after_folding(history: History) -> None:
    first = min(row["recorded_at"] for row in history.log).date()
    assert history.folded == [first + timedelta(days=step) for step in range(5)]
    for (asked, before), (_, after) in zip(history.before, history.after, strict=True):
        assert before["settled"]
        assert before == after, asked


def test_bounds_of_claims_are_the_sums_of_their_bounds(history: History) -> None:
    for asked, document in history.before:
        if asked.figure != "persons_alleged":
            continue
        claims = [
            (record["province"], record["claim"])
            for record in told_at(history.log, asked.known_at)
            if record["figure"] == "persons_alleged" and str(asked.first) <= record["day"].isoformat() <= asked.last
        ]
        for cell in document["cells"]:
            of_cell = [claim for province, claim in claims if province == cell["codes"]["province"]]
            open_ended = [claim for claim in of_cell if claim["bound"] == "at_least"]
            assert cell["low"] == sum(claim.get("low", 0) for claim in of_cell)
            assert cell["open_ended"] == len(open_ended)
            most = sum(claim.get("high", claim.get("low", 0)) for claim in of_cell)
            assert cell.get("high") == (None if open_ended else most)


def test_half_and_nine_tenths_of_the_stays_are_no_longer_than_the_answer_says(history: History) -> None:
    for asked, document in history.before:
        if asked.figure != "days_in_status":
            continue
        told = told_at(history.log, asked.known_at)
        for cell in document["cells"]:
            nations = asked.filters.get("nationality", ())
            stays = sorted(
                record["days"]
                for record in told
                if record["figure"] == "days_in_status" and record["status"] == cell["codes"]["status"]
                and str(asked.first) <= record["day"].isoformat() <= asked.last
                and (not nations or record["nationality"] in nations)
            )  # fmt: skip
            for name, tenths in (("median", 5), ("p90", 9)):
                enough = [days for place, days in enumerate(stays, 1) if place * 10 >= tenths * len(stays)]
                assert cell.get(name) == (enough[0] if enough else None), asked


def test_every_share_says_of_how_many(history: History) -> None:
    for asked, document in history.before:
        if asked.figure == "completeness":
            whole = plain.count(
                told_at(history.log, asked.known_at), "cases_received", day_of(asked.first), day_of(asked.last)
            )
            assert {cell["base"] for cell in document["cells"]} == {whole[()]}, asked


def day_of(text: str | None) -> date:
    assert text is not None
    return date.fromisoformat(text)


def test_the_log_did_not_change_while_it_was_asked_about(history: History) -> None:
    assert len(log_of(history.register)) == len(history.log)
