"""Findings of authorities, with their standard of proof and evidence, and sources of a nationality."""

from typing import Final

from service.codes.code import Code


class FindingOutcome(Code):
    """Conclusion of an authority about a person or a case.

    Confinement and extortion are two facts of their own on a finding; the published figure counts those with
    both. ``not_verifiable`` means that the facts could not be checked, which is never ``unfounded``.
    Source: foreign ministry clarification of 9 September 2022, section 1 A (19 of 104 cases with extortion
    and confinement, and the seven other categories); UN trafficking practice (presumed victim); press report
    of 12 December 2024 (facts checked and untrue).
    """

    TRAFFICKING_CONFIRMED = "trafficking_confirmed", "Trafficking established"
    CONFINEMENT_EXTORTION_CONFIRMED = "confinement_extortion_confirmed", "Confinement, extortion or both"
    PRESUMED_VICTIM = "presumed_victim", "Presumed victim pending decision"
    OTHER_CRIME = "other_crime", "Another crime established"
    LABOUR_DISPUTE = "labour_dispute", "Labour dispute"
    CONTRACT_DISPUTE = "contract_dispute", "Contract dispute"
    RESTRICTION_OF_FREEDOM = "restriction_of_freedom", "Restriction on freedom short of confinement"
    JOB_SWITCH_WITHOUT_CONSENT = "job_switch_without_consent", "Switching job without consent"
    DEBT_SETTLEMENT = "debt_settlement", "Debt settlement"
    DISCONTENT_CONDITIONS = "discontent_conditions", "Discontent with living or working conditions"
    MISSING_RELATIVE_ONLY = "missing_relative_only", "Family looking for a relative, no crime found"
    NOT_A_VICTIM = "not_a_victim", "Checked, not a victim"
    UNFOUNDED = "unfounded", "Checked, facts alleged did not happen"
    FABRICATED = "fabricated", "Checked, deliberately false"
    NOT_VERIFIABLE = "not_verifiable", "Could not be checked"
    INCONCLUSIVE = "inconclusive", "Evidence contradictory or insufficient"


class ProofStandard(Code):
    """Standard of proof of a finding, weakest first.

    Source: two-stage decisions of the UK National Referral Mechanism (reasonable, conclusive grounds); the
    other steps are Safe Return's own.
    """

    REPORT_ONLY = "report_only", "As reported"
    CORROBORATED = "corroborated", "At least one independent source"
    REASONABLE_GROUNDS = "reasonable_grounds", "Reasonable grounds"
    CONCLUSIVE_GROUNDS = "conclusive_grounds", "More likely than not after full inquiry"
    PROSECUTION_CHARGE = "prosecution_charge", "Charge laid"
    COURT_JUDGMENT = "court_judgment", "Judgment"


class AuthorityKind(Code):
    """Kind of body that makes a finding; agencies are of the same kinds.

    Source: foreign ministry clarification of 9 September 2022 and press report of September 2022 (police,
    provincial authorities, immigration, national committee, embassies, home states); Human Trafficking Case
    Data Standard 2.0, IOM, for courts and organisations.
    """

    POLICE = "police", "Police"
    PROVINCIAL_AUTHORITY = "provincial_authority", "Provincial or municipal authority"
    IMMIGRATION = "immigration", "Immigration department"
    NCCT = "ncct", "National Committee for Counter Trafficking"
    MINISTRY = "ministry", "Other ministry"
    SOCIAL_AFFAIRS = "social_affairs", "Social affairs"
    COURT_PROSECUTION = "court_prosecution", "Court or prosecutor"
    EMBASSY = "embassy", "Embassy or representative office"
    HOME_STATE_AUTHORITY = "home_state_authority", "Authority of another state"
    NGO = "ngo", "Non-governmental organisation"
    IO = "io", "International organisation"


class EvidenceKind(Code):
    """Kind of evidence on which a finding rests.

    Source: foreign ministry clarification of 9 September 2022 and press reports of 2022 and 2024.
    """

    STATEMENT_PERSON = "statement_person", "Statement of the person"
    STATEMENT_REPORTER = "statement_reporter", "Statement of the reporter"
    SITE_VISIT = "site_visit", "Visit to the place"
    DOCUMENT = "document", "Document"
    MEDIA = "media", "Photo, video or message"
    DATABASE_CHECK = "database_check", "Check in another system"
    PUBLIC_REPORT = "public_report", "Press or public report"


class NationalitySource(Code):
    """Basis of an assertion of nationality.

    Source: repatriation practice, in which only the state concerned confirms or denies its nationals; the
    other sources are Safe Return's own.
    """

    CLAIMED_REPORTER = "claimed_reporter", "Said by the reporter"
    CLAIMED_SELF = "claimed_self", "Said by the person"
    LANGUAGE_INFERRED = "language_inferred", "Inferred from language"
    DOCUMENT_SEEN = "document_seen", "Document seen by an officer"
    DOCUMENT_COPY = "document_copy", "Copy of a document received"
    CONFIRMED_BY_STATE = "confirmed_by_state", "Confirmed by the state"
    DENIED_BY_STATE = "denied_by_state", "State denies"


POSITIVE: Final = frozenset(
    {
        FindingOutcome.TRAFFICKING_CONFIRMED,
        FindingOutcome.CONFINEMENT_EXTORTION_CONFIRMED,
        FindingOutcome.PRESUMED_VICTIM,
        FindingOutcome.OTHER_CRIME,
        FindingOutcome.RESTRICTION_OF_FREEDOM,
        FindingOutcome.LABOUR_DISPUTE,
        FindingOutcome.CONTRACT_DISPUTE,
        FindingOutcome.JOB_SWITCH_WITHOUT_CONSENT,
        FindingOutcome.DEBT_SETTLEMENT,
        FindingOutcome.DISCONTENT_CONDITIONS,
        FindingOutcome.MISSING_RELATIVE_ONLY,
    }
)
"""Outcomes that verify: the facts were checked and the category is known. It does not mean trafficked."""

NEGATIVE: Final = frozenset(
    {
        FindingOutcome.NOT_A_VICTIM,
        FindingOutcome.UNFOUNDED,
        FindingOutcome.FABRICATED,
    }
)
"""Outcomes that deny. ``fabricated`` needs a second person."""

OPEN: Final = frozenset({FindingOutcome.NOT_VERIFIABLE, FindingOutcome.INCONCLUSIVE})
"""Outcomes that decide nothing: the status stays ``received``."""

STRENGTH: Final = (
    NationalitySource.CONFIRMED_BY_STATE,
    NationalitySource.DOCUMENT_SEEN,
    NationalitySource.DOCUMENT_COPY,
    NationalitySource.CLAIMED_SELF,
    NationalitySource.CLAIMED_REPORTER,
    NationalitySource.LANGUAGE_INFERRED,
)
"""Sources that assert a nationality, strongest first. ``denied_by_state`` asserts none: it removes one."""
