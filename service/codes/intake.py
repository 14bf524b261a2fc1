"""What a report says when a case is filed: channel, kind, reporter, allegations, head-count and urgency."""

from service.codes.code import Code


class IntakeChannel(Code):
    """Channel by which a request for intervention was received.

    Source: foreign ministry clarification of 9 September 2022, whose section 3 names the two hotlines and
    the three Facebook pages of the appeal of 26 August 2022; press report of September 2022 on the
    Sihanoukville crackdown (task forces of other states; people freed whom nobody had asked for, hence
    ``field``). The Facebook page of the minister is a code of its own because the office-holder changes.
    """

    HOTLINE_117 = "hotline_117", "Police hotline 117"
    HOTLINE_MOBILE = "hotline_mobile", "Police hotline +855 31 201 2345"
    FB_MINISTER = "fb_minister", "Facebook page of the interior minister"
    FB_POLICE = "fb_police", "Facebook page of the National Police commissariat"
    FB_IMMIGRATION = "fb_immigration", "Facebook page of the Department of Immigration"
    DIPLOMATIC_NOTE = "diplomatic_note", "Note verbale or letter from an embassy"
    FOREIGN_AUTHORITY = "foreign_authority", "Request from police or task force of another state"
    WALK_IN = "walk_in", "In person at a police or provincial post"
    NGO = "ngo", "Non-governmental or international organisation"
    RELAY_PUBLIC_REP = "relay_public_rep", "Passed on by a member of parliament or state representative"
    RELAY_PRESS = "relay_press", "Taken from or passed on by the press"
    FIELD = "field", "Found during an operation or inspection (no prior request)"
    API_PARTNER = "api_partner", "Partner system"
    IMPORT = "import", "Historical import"


class CaseKind(Code):
    """Kind of request.

    Source: foreign ministry clarification of 9 September 2022 (rescue, missing relatives) and press
    report of September 2022 (requests to return home, counted apart by Taiwan).
    """

    RESCUE = "rescue", "Intervention to free a person said to be held"
    RETURN = "return", "Help to return home"
    TRACING = "tracing", "Find a relative"


class ReporterRelationship(Code):
    """Relationship of the reporter to the people concerned.

    ``anonymous`` is a choice of the reporter, ``unknown`` was not recorded.
    Source: foreign ministry clarification of 9 September 2022 (victims, relatives, friends, authorities
    acting for victims, embassies, members of parliament, the press); the rest are Safe Return's own.
    """

    SELF = "self", "The person concerned"
    PARENT = "parent", "Parent"
    SPOUSE_PARTNER = "spouse_partner", "Spouse or partner"
    CHILD = "child", "Son or daughter"
    SIBLING = "sibling", "Brother or sister"
    OTHER_RELATIVE = "other_relative", "Other relative"
    FRIEND = "friend", "Friend"
    CO_HELD = "co_held", "Someone held with the person"
    EMBASSY = "embassy", "Embassy or consulate"
    FOREIGN_AUTHORITY = "foreign_authority", "Other authority acting for the victim"
    CAMBODIAN_AUTHORITY = "cambodian_authority", "Cambodian authority"
    NGO = "ngo", "Organisation"
    PUBLIC_REPRESENTATIVE = "public_representative", "Member of parliament or state representative"
    MEDIA = "media", "Journalist"
    BYSTANDER = "bystander", "Member of the public"
    ANONYMOUS = "anonymous", "Not given"
    UNKNOWN = "unknown", "Not recorded"


class AllegationType(Code):
    """Crime or wrong that is alleged; an allegation is never a finding.

    ``threat_organ_removal`` is kept apart from ``trafficking_organ``: the threats are reported, the act is
    denied. ``illegal_work`` may concern the person and is never published as an attribute of a victim.
    Source: foreign ministry clarification of 9 September 2022; press reports of 9 and of late
    September 2022 and of 12 December 2024. Divisions follow the International Classification of Crime for
    Statistical Purposes (UNODC) where it has them.
    """

    TRAFFICKING_FORCED_CRIMINALITY = (
        "trafficking_forced_criminality",
        "Trafficking for forced crime (scam, gambling)",
    )
    TRAFFICKING_LABOUR = "trafficking_labour", "Trafficking for forced labour"
    TRAFFICKING_SEXUAL = "trafficking_sexual", "Trafficking for sexual exploitation"
    TRAFFICKING_ORGAN = "trafficking_organ", "Trafficking for organ or blood removal"
    TRAFFICKING_OTHER = "trafficking_other", "Trafficking for another purpose or purpose unclear"
    ILLEGAL_DETENTION = "illegal_detention", "Unlawful confinement"
    KIDNAPPING = "kidnapping", "Abduction"
    EXTORTION_RANSOM = "extortion_ransom", "Extortion or ransom"
    TORTURE_ASSAULT = "torture_assault", "Violence, electric shocks"
    THREAT_ORGAN_REMOVAL = "threat_organ_removal", "Threat of organ removal"
    DOCUMENT_WITHHOLDING = "document_withholding", "Passport taken"
    DEBT_BONDAGE = "debt_bondage", "Debt used to hold the person"
    FRAUD_RECRUITMENT = "fraud_recruitment", "Deceptive recruitment"
    RESALE = "resale", "Sold to another site"
    ILLEGAL_GAMBLING = "illegal_gambling", "Illegal online gambling at the site"
    ONLINE_SCAM = "online_scam", "Online scam at the site"
    ILLEGAL_WORK = "illegal_work", "Work without permit"
    OFFICIAL_COMPLICITY = "official_complicity", "Complicity of an official"
    MISSING_PERSON = "missing_person", "Whereabouts unknown"


class StatementBound(Code):
    """Bound that a stated number sets on the true one.

    ``unquantified`` is a statement without a number ("hundreds", "thousands").
    Source: wordings of the press reports of September 2022 ("137", "up to 99.9 per cent", "almost 500") and
    of the foreign ministry clarification of 9 September 2022 ("more than 100", "60 to 70").
    """

    EXACT = "exact", "Exact"
    AT_LEAST = "at_least", "At least, more than"
    AT_MOST = "at_most", "At most, up to"
    ABOUT = "about", "About, almost"
    RANGE = "range", "Between"
    UNQUANTIFIED = "unquantified", "No number"


class Urgency(Code):
    """Urgency of a case.

    Source: practice of national trafficking hotlines, for the danger-to-life level; Safe Return's own.
    """

    IMMEDIATE = "immediate", "Danger to life now"
    HIGH = "high", "Held, contact possible"
    NORMAL = "normal", "Other"
