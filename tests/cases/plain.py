"""The register told again in the plainest way: rows of the log in, dictionaries out.

It shares nothing with the code under test but the words in the rows, so that two mistakes would have to agree.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import pairwise, product
from typing import Any, Final

from tests.cases.plain_ages import age_group
from tests.cases.plain_nationality import counted_nationality, nationality

Row = Mapping[str, Any]
Told = dict[str, Any]

POSITIVE: Final = {
    "trafficking_confirmed", "confinement_extortion_confirmed", "presumed_victim", "other_crime",
    "restriction_of_freedom", "labour_dispute", "contract_dispute", "job_switch_without_consent", "debt_settlement",
    "discontent_conditions", "missing_relative_only",
}  # fmt: skip
DETAINED: Final = {"police_custody", "immigration_depot", "pre_deportation", "prison"}
OF_EACH: Final = {"custody", "document", "stage"}
"""Counted once in each part, on the part's own first day."""
FOR_EVER: Final = date.max


def standing(rows: Iterable[Row], known_at: datetime | None = None) -> list[Row]:
    """The rows known then and not voided by then, in the order of the log."""
    known = sorted((row for row in rows if known_at is None or row["recorded_at"] <= known_at), key=lambda r: r["seq"])
    gone = {str(row["fact"]["event_id"]) for row in known if row["kind"] == "voided"}
    return [row for row in known if row["kind"] != "voided" and str(row["id"]) not in gone]


def tell(rows: Iterable[Row], known_at: datetime | None = None) -> Told | None:
    """One case."""
    log = standing(rows, known_at)
    if not log:
        return None
    first = log[0]
    case: Told = {"received": first["occurred_on"], "province": None, "kind": "rescue", **first["fact"]}
    case |= {"persons": {}, "offenders": {}, "claim": None, "closed": None, "findings": [], "alleged": False}
    case["operations"] = [row["occurred_on"] for row in log if row.get("operation_id")]
    for row in log[1:]:
        tell_of_case(case, row)
        if row["kind"] == "added":
            case["persons"][row["subject_id"]] = new_person(row, not_before=case["received"])
        elif row["kind"] == "named":
            case["offenders"][row["subject_id"]] = {"roles": [], "nationality": None, "stages": [], **row["fact"]}
        elif row["subject_id"] in case["offenders"]:
            tell_of_offender(case["offenders"][row["subject_id"]], row)
        elif row["subject_id"] in case["persons"]:
            tell_of_person(case["persons"][row["subject_id"]], row)
            tell_of_care(case["persons"][row["subject_id"]], row)
    return case


def tell_of_case(case: Told, row: Row) -> None:
    fact, kind = row["fact"], row["kind"]
    verifies = kind == "finding_made" and fact["outcome"] in POSITIVE
    if verifies or kind in {"added", "alleged", "headcount_claimed", "located", "rescued", "named", "reopened"}:
        case["closed"] = None
    if kind == "closed":
        case["closed"] = fact["reason"]
    elif kind == "alleged":
        case["alleged"] = True
    elif kind == "headcount_claimed":
        case["claim"] = fact
    elif kind == "case_described":
        case |= {name: value for name, value in fact.items() if name != "cleared"}
        case |= dict.fromkeys(fact.get("cleared", ()))
    elif kind == "finding_made":
        tell_of_finding(case, row)


def tell_of_finding(case: Told, row: Row) -> None:
    found = {"seq": row["seq"], "day": row["occurred_on"], "operation": row.get("operation_id"), **row["fact"]}
    found["authority"] = f"{found['authority']} of {row['agency_id']}"
    if row["subject_kind"] == "case":
        case["findings"].append(found)
    for id_, person in case["persons"].items():
        if row["subject_kind"] == "case" or id_ == row["subject_id"]:
            person["findings"].append(found)


def tell_of_offender(offender: Told, row: Row) -> None:
    if row["kind"] == "stage_reached":
        offender["stages"].append((row["fact"]["stage"], row["occurred_on"]))
    elif row["kind"] == "offender_described":
        offender |= {name: value for name, value in row["fact"].items() if name != "cleared"}
        offender |= dict.fromkeys(row["fact"].get("cleared", ()))


def new_person(row: Row, not_before: date) -> Told:
    empty: Told = {name: [] for name in ("findings", "said", "moves", "looks", "held", "papers", "wished")}
    empty |= {"hands": None, "tasks": {}, "wishes": {}, "birth_year": None, "age": None}
    empty |= {name: row["fact"].get(name, False) for name in ("named", "contact_given")}
    return {"added": max(row["occurred_on"], not_before), "sex": "unknown", **empty}


def tell_of_person(person: Told, row: Row) -> None:
    fact, kind = row["fact"], row["kind"]
    if kind == "described":
        person |= {name: fact[name] for name in ("sex", "birth_year", "named", "contact_given") if name in fact}
        person |= {"age": (fact["age"], row["occurred_on"])} if "age" in fact else {}
        person |= dict.fromkeys(fact.get("cleared", ()))
    elif kind == "nationality_asserted":
        person["said"].append({"agency": row["agency_id"], "decision": False, **fact})
    elif kind == "custody_started":
        person["held"].append((fact["custody"], row["occurred_on"]))
    elif kind == "documents_checked":
        person["papers"] += [(paper, row["occurred_on"]) for paper in fact.get("missing", ())]
    elif kind in {"rescued", "repatriated", "ended"} and not fact.get("reported"):
        move(person, row, kind)
    elif kind == "located" and goes_on(person, fact["result"]):
        was_rescued = any(one["to"] == "rescued" for one in person["moves"])
        move(person, row, "rescued" if was_rescued else "received")


def goes_on(person: Told, result: str) -> bool:
    """Whether a story that ended is open again: of whoever lives and is held, or was not located and is found."""
    ended = outcome(person)
    if ended == "not_located":
        return result in {"held", "not_held"}
    return result == "held" and ended not in {None, "deceased"}


def tell_of_care(person: Told, row: Row) -> None:
    """In whose hands somebody is, which papers were missing, where the tasks of a return stand, what is wished."""
    fact, kind = row["fact"], row["kind"]
    if kind in {"custody_started", "custody_ended"}:
        person["hands"] = None if outcome(person) == "deceased" else fact.get("custody")
    elif kind == "repatriated" or (fact.get("outcome") == "deceased" and not fact.get("reported")):
        person["hands"] = None
    elif kind == "rescued" and [one["to"] for one in person["moves"]][-2:-1] == ["repatriated"]:
        person["tasks"] = {}
    elif kind == "documents_checked":
        person["looks"].append((row["occurred_on"], row["seq"], fact.get("missing", [])))
    elif kind == "return_step":
        person["tasks"][fact["step"], fact["country"]] = fact["state"]
    elif kind == "wish_stated":
        person["wished"].append((row["occurred_on"], fact["purpose"], fact["value"]))
        person["wishes"] = {purpose: value for _, purpose, value in sorted(person["wished"], key=lambda one: one[0])}


def move(person: Told, row: Row, to: str) -> None:
    day = max(row["occurred_on"], way(person)[-1][1])
    person["moves"].append({"to": to, "day": day, "operation": str(row.get("operation_id") or "none"), **row["fact"]})


def outcome(person: Told) -> str | None:
    ended = person["moves"] and person["moves"][-1]["to"] == "ended"
    return str(person["moves"][-1]["outcome"]) if ended else None


def by_day(findings: Iterable[Told]) -> list[Told]:
    """An authority's latest word is the latest by its day; of one day the one recorded later."""
    return sorted(findings, key=lambda one: (one["day"], one["seq"]))


def is_verified(findings: list[Told]) -> bool:
    """What the lead's latest word says: whoever last said to lead, else the first who found something."""
    words = by_day(findings)
    leads = [one["authority"] for one in words if one.get("lead")]
    finders = [one["authority"] for one in words if one["outcome"] in POSITIVE]
    lead = leads[-1] if leads else finders[0] if finders else None
    said = [one["outcome"] for one in words if one["authority"] == lead]
    return bool(said) and said[-1] in POSITIVE


def turns(person: Told) -> list[tuple[date, bool]]:
    """Where the answer changed, when each finding is heard on its day and nobody knows what is found later."""
    words = by_day(person["findings"])
    answers = [(words[place]["day"], is_verified(words[: place + 1])) for place in range(len(words))]
    before = [False, *(answer for _, answer in answers)]
    return [(day, answer) for (day, answer), other in zip(answers, before, strict=False) if answer != other]


def verified_since(person: Told) -> date | None:
    changed = turns(person)
    return changed[-1][0] if changed and changed[-1][1] else None


def way(person: Told) -> list[tuple[str, date]]:
    """Every status with the day it was entered: steps and findings told in the order of their days."""
    told: list[tuple[date, int, str]] = [(day, 0, "verified" if yes else "received") for day, yes in turns(person)]
    told = [(max(day, person["added"]), first, to) for day, first, to in told]
    told += [(one["day"], 1 + place, one["to"]) for place, one in enumerate(person["moves"])]
    entered = [("received", person["added"])]
    verified = False
    for day, place, to in sorted(told, key=lambda one: one[:2]):
        if place == 0:
            verified = to == "verified"
            if entered[-1][0] in {"received", "verified"}:
                entered.append((to, day))
            continue
        operation = person["moves"][place - 1]["operation"]
        its_own = operation != "none" and any(str(one.get("operation")) == operation for one in person["findings"])
        if to == "rescued" and its_own and "verified" not in dict(entered):
            entered.append(("verified", day))
        entered.append(("verified" if verified and to == "received" else to, day))
    return entered


def countable(case: Told) -> Iterator[Told]:
    """Everything that any figure counts, with the day on which or the days between which it counts."""
    received = case["received"]
    place = {"channel": case["channel"], "kind": case["kind"], "province": case["province"] or "unknown"}
    yield {"figure": "cases_received", "day": received, **place}
    for essential in essentials(case):
        yield {"figure": "completeness", "day": received, "essential": essential, **place}
    if case["claim"] is not None:
        yield {"figure": "persons_alleged", "day": received, "claim": case["claim"], **place}
    people = case["persons"].values()
    found = {one["seq"]: one for one in case["findings"] + [one for person in people for one in person["findings"]]}
    interventions = [one["day"] for one in found.values() if one["outcome"] != "not_verifiable"] + case["operations"]
    interventions += [one["day"] for person in people for one in person["moves"] if one["to"] == "rescued"]
    if interventions:
        yield {"figure": "cases_intervened", "day": max(min(interventions), received), **place}
    for category, day in categories(case).items():
        yield {"figure": "cases_by_finding", "day": max(day, received), "finding": category, **place}
    for person in people:
        yield from countable_of(person, place["province"])
    for offender in case["offenders"].values():
        yield from countable_of_offender(offender, place["province"])


def essentials(case: Told) -> list[str]:
    """What is known for everybody concerned."""
    people = list(case["persons"].values())
    words = [[word for word in person["said"] if word["source"] != "denied_by_state"] for person in people]
    known = {
        "location": case.get("place_given"),
        "names": people and all(person["named"] for person in people),
        "nationality": people and all(words),
        "crime": case["alleged"],
        "offender": case["offenders"] or case.get("offender_unknown"),
        "contact": case.get("contact_given") or any(person["contact_given"] for person in people),
    }
    return [essential for essential, there in known.items() if there]


def countable_of_offender(offender: Told, province: str) -> Iterator[Told]:
    who = {"nationality": offender["nationality"] or "ZZ-UNKNOWN", "province": province}
    beyond = [(stage, day) for stage, day in offender["stages"] if stage != "named"]
    for day in sorted(day for _, day in beyond)[:1]:
        roles = sorted(set(offender["roles"] or ["unknown"]))
        yield {"figure": "offenders_at_stage", "day": day, "role": roles, **who}
    for stage, day in earliest(beyond):
        yield {"figure": "offenders_at_stage of each", "day": day, "stage": stage, **who}
    yield from ({"figure": "arrests", "day": day, **who} for stage, day in beyond if stage == "arrested")


def earliest(dated: list[tuple[str, date]]) -> list[tuple[str, date]]:
    """The first day of each word."""
    return [(word, min(day for other, day in dated if other == word)) for word in sorted({word for word, _ in dated})]


def categories(case: Told) -> dict[str, date]:
    groups = [case["findings"]]
    whole = {one["seq"] for one in case["findings"]}
    groups += [[one for one in person["findings"] if one["seq"] not in whole] for person in case["persons"].values()]
    first: dict[str, date] = {}
    for group in groups:
        for authority in {one["authority"] for one in group}:
            words = by_day(one for one in group if one["authority"] == authority)
            for category in found_in(words[-1]):
                others = [place for place, one in enumerate(words) if category not in found_in(one)]
                run = words[max(others, default=-1) + 1 :]
                first[category] = min([first.get(category, FOR_EVER), *(one["day"] for one in run)])
    return first


def latest(findings: list[Told]) -> list[Told]:
    """Each authority's last word."""
    return list({one["authority"]: one for one in by_day(findings)}.values())


def found_in(finding: Told) -> list[str]:
    both = finding.get("confinement") and finding.get("extortion")
    return [finding["outcome"], *(["confinement_and_extortion"] if both else [])]


def countable_of(person: Told, province: str) -> Iterator[Told]:
    named = [(one["day"], one["province"]) for one in person["moves"] if one["to"] == "rescued" and one.get("province")]
    who = {"nationality": counted_nationality(person), "sex": person["sex"]}

    def counted(figure: str, day: date, **more: Any) -> Told:
        """Where they were: as reported until a rescue, then where the last one was for which it was said."""
        reported = more.get("status") in {"received", "verified"} or figure in {"persons_received", "persons_verified"}
        brought = [] if reported else [where for on, where in named if on <= more.get("since", day)]
        group = age_group(day, person["birth_year"], person["age"])
        return {"figure": figure, "day": day, "age_group": group, "province": [province, *brought][-1], **who, **more}

    entered = way(person)
    yield counted("persons_received", entered[0][1])
    yield from (
        counted("persons_verified", day) for day in [day for status, day in entered if status == "verified"][:1]
    )
    ends = [day for _, day in entered[1:]] + [FOR_EVER]
    stays = [(status, day, until) for (status, day), until in zip(entered, ends, strict=True)]
    yield from (counted("persons_by_status", day, status=status, until=until) for status, day, until in stays)
    goes = nationality(person) != "KHM"
    waits = [(day, until) for status, day, until in stays if status == "rescued" and goes]
    yield from (counted("persons_awaiting_return", day, until=until) for day, until in waits)
    times: Counter[str] = Counter()
    for one in person["moves"]:
        times[one["to"]] += 1
        if one["to"] == "rescued" and times["rescued"] == 1:
            found = sorted({category for last in latest(person["findings"]) for category in found_in(last)})
            by = sorted(set(one.get("by") or ["other"]))
            yield counted("persons_rescued", one["day"], attribution=by, finding=found, operation=one["operation"])
        if one["to"] == "repatriated":
            yield counted("journeys_home", one["day"], mode=one["mode"])
    home = [one for one in person["moves"] if one["to"] == "repatriated"][:1]
    yield from (counted("persons_repatriated", one["day"], mode=one["mode"]) for one in home)
    for (status, since), (_, left) in pairwise(entered):
        yield counted("days_in_status", left, status=status, days=(left - since).days, since=since)
    yield from held_and_without_papers(person, counted)
    if outcome(person):
        yield counted("persons_ended", person["moves"][-1]["day"], outcome=outcome(person))


def held_and_without_papers(person: Told, counted: Callable[..., Told]) -> Iterator[Told]:
    rescued = "yes" if any(one["to"] == "rescued" for one in person["moves"]) else "no"
    detained = [(kind, day) for kind, day in person["held"] if kind in DETAINED]
    for figure, said in (("persons_detained", detained), ("persons_undocumented", person["papers"])):
        dated = earliest(said)
        for day in sorted(day for _, day in dated)[:1]:
            yield counted(figure, day, rescued=rescued)
        for word, day in dated:
            yield counted(f"{figure} of each", day, custody=word, document=word)


def count(
    records: Iterable[Told],
    figure: str,
    first: date | None,
    last: date,
    by: tuple[str, ...] = (),
    filters: Mapping[str, tuple[str, ...]] | None = None,
) -> Counter[tuple[str, ...]]:
    """The cells of a figure that are not zero; without a breakdown the total under the empty key."""
    cells: Counter[tuple[str, ...]] = Counter()
    if OF_EACH & {*by, *(filters or {})}:
        figure += " of each"
    for record in records:
        in_time = (first is None or first <= record["day"]) and record["day"] <= last < record.get("until", FOR_EVER)
        if record["figure"] != figure or not in_time:
            continue
        asked = filters or {}
        axes = [[code for code in as_list(record[name]) if code in asked.get(name, (code,))] for name in by]
        if all(set(codes) & set(as_list(record[name])) for name, codes in asked.items()):
            cells.update(product(*axes))
    return cells


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
