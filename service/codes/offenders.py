"""Alleged roles of offenders, and stages of proceedings against them."""

from service.codes.code import Code


class OffenderRole(Code):
    """Role that an offender is alleged to have had; nobody is assumed guilty.

    Source: press reports of 9 September 2022 (planners, brokers, transport), of late September 2022
    (operators and owners of premises) and of 12 December 2024 (officials); clarification of 9 September 2022
    (lenders); Human Trafficking Case Data Standard 2.0, IOM, for sellers, buyers and abusers.
    """

    PLANNER = "planner", "Planner or ringleader"
    BROKER = "broker", "Broker or recruiter"
    TRANSPORTER = "transporter", "Transporter or smuggler"
    SITE_OPERATOR = "site_operator", "Operator of the business"
    SITE_OWNER = "site_owner", "Owner or landlord of the premises"
    SUPERVISOR = "supervisor", "Manager or team leader"
    GUARD = "guard", "Guard"
    LENDER = "lender", "Lender (ah long)"
    DOCUMENT_HOLDER = "document_holder", "Holds documents"
    SELLER = "seller", "Sold the person"
    BUYER = "buyer", "Bought the person"
    ABUSER = "abuser", "Inflicted violence"
    OFFICIAL = "official", "Complicit official"
    ORGAN_BROKER = "organ_broker", "Recruits for organ sale"
    UNKNOWN = "unknown", "Unknown"


class SuspectStage(Code):
    """Stage of proceedings against an offender.

    Detained, arrested and charged are different figures and never added up.
    Source: foreign ministry clarification of 9 September 2022 (82 detained); press reports of September
    2022 (two charged) and of 12 December 2024 (134 arrests); UNODC Global Report on Trafficking in Persons
    for the stages before a court.
    """

    NAMED = "named", "Named in a report"
    SUSPECTED = "suspected", "Suspect in an inquiry"
    DETAINED = "detained", "Detained"
    ARRESTED = "arrested", "Arrested"
    RELEASED_NO_CHARGE = "released_no_charge", "Released without charge"
    SENT_TO_COURT = "sent_to_court", "Sent to court"
    CHARGED = "charged", "Charged"
    PROSECUTED = "prosecuted", "On trial"
    CONVICTED = "convicted", "Convicted"
    ACQUITTED = "acquitted", "Acquitted"
    DEPORTED = "deported", "Deported"
