"""Codes of persons: status, description, documents, custody and wishes."""

from typing import Final

from service.codes.code import Code


class PersonStatus(Code):
    """Where a person stands, in the order of the work; ``ended`` leaves it at any point.

    Source: Safe Return's own.
    """

    RECEIVED = "received", "Received"
    VERIFIED = "verified", "Verified"
    RESCUED = "rescued", "Rescued"
    REPATRIATED = "repatriated", "Repatriated"
    ENDED = "ended", "Ended"


class EndOutcome(Code):
    """How the work for a person ended other than by repatriation.

    ``refused_rescue`` was asked freely; ``not_located`` reopens on any new information. ``home_in_cambodia`` is how
    Cambodians come home, who are not repatriated. A duplicate is a link and not an outcome.
    Source: foreign ministry clarification of 9 September 2022, section 1 B (refused to be rescued or to
    leave, ran away, jail); press reports of 2022 and 2024; the rest are Safe Return's own.
    """

    REMAINS_BY_CHOICE = "remains_by_choice", "Stays in Cambodia by own wish"
    RETURNED_TO_WORK = "returned_to_work", "Went back to the work by own statement"
    NOT_HELD = "not_held", "Found not held"
    REFUSED_RESCUE = "refused_rescue", "Refused rescue (asked freely)"
    NOT_LOCATED = "not_located", "Not located"
    LEFT_UNREPORTED = "left_unreported", "Left the country, learned later"
    THIRD_COUNTRY = "third_country", "In another country"
    HOME_IN_CAMBODIA = "home_in_cambodia", "Cambodian, home in Cambodia"
    IMPRISONED = "imprisoned", "Serving a sentence in Cambodia"
    DECEASED = "deceased", "Deceased"
    NOT_EXIST = "not_exist", "No such person"


class Sex(Code):
    """Sex of a person; asked without an answer and never asked are different values.

    Source: Safe Return's own.
    """

    MALE = "male", "Male"
    FEMALE = "female", "Female"
    UNKNOWN = "unknown", "Unknown"
    NOT_ASKED = "not_asked", "Not asked"


class AgeGroup(Code):
    """Age on the day that is counted, in completed years.

    Source: a minor is anyone under 18, Convention on the Rights of the Child (United Nations, 1989), article
    1, and Protocol to Prevent, Suppress and Punish Trafficking in Persons (Palermo, 2000), article 3 (d).
    """

    MINOR = "minor", "Minor (under 18)"
    ADULT = "adult", "Adult (18 or over)"
    UNKNOWN = "unknown", "Unknown"


class NameKind(Code):
    """Kind of a name, by its basis; one person has several names.

    Source: Safe Return's own.
    """

    DOCUMENT = "document", "As on a document"
    CLAIMED = "claimed", "As given by the person or the reporter"
    ALIAS = "alias", "Alias"
    SOCIAL_MEDIA = "social_media", "Social media name"


class ContactKind(Code):
    """Means by which someone can be reached.

    Source: Safe Return's own.
    """

    PHONE = "phone", "Telephone"
    MESSAGING = "messaging", "Messaging service"
    EMAIL = "email", "E-mail"
    SOCIAL_MEDIA = "social_media", "Social media account"
    ADDRESS = "address", "Postal address"
    OTHER = "other", "Other"


class DocumentType(Code):
    """Legal document of a person.

    Source: press report of September 2022 (588 people without passports, work permits and other legal
    documents); ICAO Doc 9303 for travel documents; the rest are Safe Return's own.
    """

    PASSPORT = "passport", "Passport"
    NATIONAL_ID = "national_id", "Identity card"
    VISA = "visa", "Visa"
    WORK_PERMIT = "work_permit", "Work permit"
    EMERGENCY_TRAVEL_DOCUMENT = "emergency_travel_document", "Emergency travel document or laissez-passer"
    REFUGEE_TRAVEL_DOCUMENT = "refugee_travel_document", "Refugee or stateless travel document"
    BIRTH_CERTIFICATE = "birth_certificate", "Birth certificate"
    OTHER = "other", "Other legal document"


class DocumentStatus(Code):
    """Status of a person's document, and where it is.

    ``not_checked`` differs from ``never_had``.
    Source: clarification of 9 September 2022 (people without travel documents) and press reports of
    September 2022; the rest are Safe Return's own.
    """

    HELD_BY_PERSON = "held_by_person", "With the person"
    WITHHELD_BY_SITE = "withheld_by_site", "Taken by the site"
    HELD_BY_AUTHORITY = "held_by_authority", "With police or immigration"
    LOST = "lost", "Lost"
    EXPIRED = "expired", "Expired"
    NEVER_HAD = "never_had", "Never had one"
    SUSPECTED_FALSE = "suspected_false", "Suspected false"
    APPLIED = "applied", "Replacement applied for"
    ISSUED = "issued", "Replacement issued"
    NOT_CHECKED = "not_checked", "Not checked"


class CustodyKind(Code):
    """Custody or care in which a person is; it can be combined with any status.

    Source: foreign ministry clarification of 9 September 2022 (immigration depot, embassy, jail) and press
    reports of September 2022 (held before deportation, detained in operations).
    """

    HELD_BY_SITE = "held_by_site", "Held at the site"
    POLICE_CUSTODY = "police_custody", "Police custody"
    IMMIGRATION_DEPOT = "immigration_depot", "Immigration depot"
    PRE_DEPORTATION = "pre_deportation", "Kept before deportation"
    SHELTER = "shelter", "Shelter"
    EMBASSY_CARE = "embassy_care", "Embassy accommodation"
    HOSPITAL = "hospital", "Hospital"
    PRISON = "prison", "Prison"
    PRIVATE = "private", "Own or private lodging"
    UNKNOWN = "unknown", "Unknown"


DETENTIONS: Final = (
    CustodyKind.POLICE_CUSTODY,
    CustodyKind.IMMIGRATION_DEPOT,
    CustodyKind.PRE_DEPORTATION,
    CustodyKind.PRISON,
)
"""Custody in which an authority holds somebody; somebody held by the site is a victim of it, not detained."""


class WishPurpose(Code):
    """Question that a person is asked to decide.

    Source: foreign ministry clarification of 9 September 2022, section 1 B (being rescued, going home,
    telling the family); the rest are Safe Return's own.
    """

    BE_RESCUED = "be_rescued", "Wants to be brought out"
    LEAVE_EMPLOYER = "leave_employer", "Wants to leave the work"
    RETURN_HOME = "return_home", "Wants to go home"
    INFORM_FAMILY = "inform_family", "Family may be told"
    INFORM_EMBASSY = "inform_embassy", "Embassy may be told"
    TESTIFY = "testify", "Willing to testify"
    SHELTER = "shelter", "Wants shelter"


class WishValue(Code):
    """What a person answers for one purpose.

    ``not_asked`` differs from ``undecided``; ``could_not_answer_freely`` was asked in the presence of the
    site or under duress, and decides nothing.
    Source: clarification of 9 September 2022 and press reports; the rest are Safe Return's own.
    """

    YES = "yes", "Yes"
    NO = "no", "No"
    UNDECIDED = "undecided", "Undecided"
    NOT_ASKED = "not_asked", "Not asked"
    COULD_NOT_ANSWER_FREELY = "could_not_answer_freely", "Could not answer freely"


class Freely(Code):
    """Whether a wish was stated freely.

    Source: Safe Return's own.
    """

    YES = "yes", "Stated freely"
    NO = "no", "Not stated freely"
    UNKNOWN = "unknown", "Unknown"
