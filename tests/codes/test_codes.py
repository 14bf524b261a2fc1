"""The code lists are closed, unambiguous and complete."""

import importlib
import json
import pkgutil
import re

import pytest
from pydantic import BaseModel, ValidationError

from service import codes as vocabulary
from service.codes import (
    COUNTRIES,
    DISPUTED,
    EFFECTIVE_NATIONALITIES,
    LISTS,
    NATIONALITIES,
    NEGATIVE,
    OPEN,
    POSITIVE,
    PROVINCES,
    STRENGTH,
    UNKNOWN,
    VERSION,
    Code,
    EndOutcome,
    FindingOutcome,
    IntakeChannel,
    NationalitySource,
    ReturnMode,
    find_province,
)


def every_enumeration() -> list[type[Code]]:
    """Return each code list in any module of the package, exported or not."""
    for module in pkgutil.iter_modules(vocabulary.__path__):
        importlib.import_module(f"{vocabulary.__name__}.{module.name}")
    return [codes for codes in Code.__subclasses__() if codes.__module__.startswith(vocabulary.__name__)]


ENUMERATIONS = every_enumeration()


class Filing(BaseModel):
    """A model with a code, as requests and answers have them."""

    channel: IntakeChannel


class TestCode:
    def test_member_is_its_code_and_carries_its_label(self) -> None:
        assert IntakeChannel.HOTLINE_117.value == "hotline_117"
        assert str(IntakeChannel.HOTLINE_117) == "hotline_117"
        assert {"hotline_117": 1}[IntakeChannel.HOTLINE_117] == 1
        assert IntakeChannel.HOTLINE_117.label == "Police hotline 117"

    def test_code_finds_its_member(self) -> None:
        assert IntakeChannel("field") is IntakeChannel.FIELD

    @pytest.mark.parametrize("text", ["", "FIELD", "Field", "field ", "carrier_pigeon"])
    def test_anything_else_finds_none(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not a valid IntakeChannel"):
            IntakeChannel(text)

    def test_member_without_label_is_refused(self) -> None:
        with pytest.raises(TypeError, match="has no label"):

            class Unlabelled(Code):
                BARE = "bare"

    def test_json_is_the_plain_code(self) -> None:
        assert json.dumps([IntakeChannel.FIELD]) == '["field"]'

    def test_pydantic_takes_and_gives_the_plain_code(self) -> None:
        filing = Filing.model_validate_json('{"channel": "hotline_117"}')
        assert filing.channel is IntakeChannel.HOTLINE_117
        assert filing.model_dump_json() == '{"channel":"hotline_117"}'
        assert type(filing.model_dump(mode="json")["channel"]) is str

    def test_pydantic_refuses_labels_and_unknown_codes(self) -> None:
        for text in ("Police hotline 117", "hotline_118"):
            with pytest.raises(ValidationError):
                Filing.model_validate({"channel": text})

    def test_schema_lists_codes(self) -> None:
        schema = Filing.model_json_schema()["$defs"]["IntakeChannel"]
        assert schema["type"] == "string"
        assert schema["enum"] == [channel.value for channel in IntakeChannel]


class TestEnumerations:
    def test_all_are_found(self) -> None:
        assert len(ENUMERATIONS) == 42

    @pytest.mark.parametrize("codes", ENUMERATIONS)
    def test_is_exported(self, codes: type[Code]) -> None:
        assert codes.__name__ in vocabulary.__all__
        assert getattr(vocabulary, codes.__name__) is codes

    @pytest.mark.parametrize("codes", ENUMERATIONS)
    def test_codes_are_lower_snake_and_named_alike(self, codes: type[Code]) -> None:
        for name, member in codes.__members__.items():
            assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", member.value)
            assert name == member.name == member.value.upper()

    @pytest.mark.parametrize("codes", ENUMERATIONS)
    def test_docstring_gives_the_source(self, codes: type[Code]) -> None:
        assert "Source: " in (codes.__doc__ or "")


class TestFindings:
    def test_outcomes_are_positive_negative_or_open(self) -> None:
        assert set(FindingOutcome) == POSITIVE | NEGATIVE | OPEN
        assert len(FindingOutcome) == len(POSITIVE) + len(NEGATIVE) + len(OPEN)

    def test_negative_outcomes(self) -> None:
        assert {"not_a_victim", "unfounded", "fabricated"} == NEGATIVE

    def test_what_could_not_be_checked_is_never_unfounded(self) -> None:
        assert {"not_verifiable", "inconclusive"} == OPEN

    def test_a_dispute_verifies(self) -> None:
        assert FindingOutcome.LABOUR_DISPUTE in POSITIVE

    def test_strength_order(self) -> None:
        assert STRENGTH == (
            "confirmed_by_state",
            "document_seen",
            "document_copy",
            "claimed_self",
            "claimed_reporter",
            "language_inferred",
        )

    def test_every_source_but_a_denial_has_a_strength(self) -> None:
        assert set(NationalitySource) - set(STRENGTH) == {NationalitySource.DENIED_BY_STATE}
        assert len(STRENGTH) == len(set(STRENGTH))


class TestEnds:
    def test_neither_repatriation_nor_a_duplicate_is_an_end(self) -> None:
        assert len(EndOutcome) == 11
        assert not {"repatriated", "duplicate", "duplicate_person"} & set(EndOutcome)

    def test_no_end_is_a_mode_of_return(self) -> None:
        assert set(ReturnMode) == {
            "assisted_voluntary",
            "embassy_assisted",
            "self_arranged",
            "deported",
            "deported_instead_of_jail",
        }


class TestCountries:
    def test_all_of_iso_and_nothing_else(self) -> None:
        assert len(COUNTRIES) == 249
        assert all(re.fullmatch(r"[A-Z]{3}", code) for code in COUNTRIES)
        assert {"KHM", "VNM", "TWN", "MYS", "HKG", "ROU", "COD", "SSD"} <= COUNTRIES.keys()
        assert not {"RKS", "XXA", "XXX", "GBN", "ZAR", "ROM", "TMP"} & COUNTRIES.keys()

    def test_taiwan_has_its_own_row_and_name(self) -> None:
        assert COUNTRIES["TWN"] == "Taiwan"

    def test_nationalities_add_the_specials(self) -> None:
        specials = {"XXA", "XXB", "XXC", "XXX", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS"}
        assert NATIONALITIES.keys() - COUNTRIES.keys() == specials
        assert len(NATIONALITIES) == 259

    def test_effective_nationalities_add_unknown_and_disputed(self) -> None:
        assert EFFECTIVE_NATIONALITIES.keys() - NATIONALITIES.keys() == {UNKNOWN, DISPUTED}
        assert (UNKNOWN, DISPUTED) == ("ZZ-UNKNOWN", "ZZ-DISPUTED")

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(TypeError):
            COUNTRIES["KHM"] = "Elsewhere"  # type: ignore[index]


class TestProvinces:
    def test_all_twenty_five(self) -> None:
        assert list(PROVINCES) == [f"KH-{number}" for number in range(1, 26)]
        assert all(code == province.code for code, province in PROVINCES.items())

    @pytest.mark.parametrize("code", PROVINCES)
    def test_every_spelling_stands_for_this_one_alone(self, code: str) -> None:
        province = PROVINCES[code]
        for spelling in (code, province.name, *province.aliases):
            assert find_province(spelling) == code
            assert find_province(f"  {spelling.upper()} Province ") == code

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Sihanoukville", "KH-18"),
            ("sihanoukville", "KH-18"),
            ("Preah Sihanouk", "KH-18"),
            ("PREAH SIHANOUK PROVINCE", "KH-18"),
            ("Kompong Chhnang", "KH-4"),
            ("Kratie", "KH-10"),
            ("Kratié", "KH-10"),
            ("Krati\u0065\u0301", "KH-10"),
            ("Banteay Mean Choay", "KH-1"),
            ("Phnom-Penh", "KH-12"),
            ("kh-18", "KH-18"),
        ],
    )
    def test_common_spellings(self, text: str, code: str) -> None:
        assert find_province(text) == code

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "province",
            "Kampong",
            "Sihanouk",
            "Sihanoukvile",
            "KH-26",
            "KH-0",
            "Bangkok",
            "\0",
            "\ud800",
        ],
    )
    def test_nothing_is_guessed(self, text: str) -> None:
        assert find_province(text) is None


class TestLists:
    def test_version(self) -> None:
        assert re.fullmatch(r"\d{4}-\d{2}", VERSION)

    def test_every_enumeration_is_a_list(self) -> None:
        published = [[(entry.code, entry.label) for entry in each.entries] for each in LISTS.values()]
        for codes in ENUMERATIONS:
            assert [(code.value, code.label) for code in codes] in published, codes

    def test_nothing_else_is_but_places_and_nationalities(self) -> None:
        tables = {"provinces", "countries", "nationalities", "effective-nationalities"}
        assert tables <= LISTS.keys()
        assert len(LISTS) == len(ENUMERATIONS) + len(tables)

    @pytest.mark.parametrize("name", LISTS)
    def test_name_title_and_source(self, name: str) -> None:
        each = LISTS[name]
        assert each.name == name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert name.endswith("s")
        assert each.title.strip()
        assert each.source.strip()

    @pytest.mark.parametrize("name", LISTS)
    def test_codes_and_labels_are_unique(self, name: str) -> None:
        entries = LISTS[name].entries
        assert len({entry.code for entry in entries}) == len(entries)
        assert len({entry.label.casefold() for entry in entries}) == len(entries)
        assert all(entry.label == entry.label.strip() != "" for entry in entries)

    def test_provinces_keep_their_aliases(self) -> None:
        preah_sihanouk = next(entry for entry in LISTS["provinces"].entries if entry.code == "KH-18")
        assert "Sihanoukville" in preah_sihanouk.aliases
