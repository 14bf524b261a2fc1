"""Modes, funding and steps of a return."""

from service.codes.code import Code


class ReturnMode(Code):
    """How a person left Cambodia towards home.

    Deportations are modes of their own, counted and shown. Someone who moved to a third country or was handed
    over in one did not leave towards home: that is the outcome ``third_country``. Someone whose departure was
    learned of afterwards has the outcome ``left_unreported``. None of these is a mode of return.
    Source: foreign ministry clarification of 9 September 2022 (returns by embassies, deportation instead
    of jail) and press report of the same day ("repatriated" and "deported" of the same people); practice of
    the International Organization for Migration for assisted return.
    """

    ASSISTED_VOLUNTARY = "assisted_voluntary", "Assisted return"
    EMBASSY_ASSISTED = "embassy_assisted", "Return arranged by embassy"
    SELF_ARRANGED = "self_arranged", "Self-arranged, reported"
    DEPORTED = "deported", "Deported"
    DEPORTED_INSTEAD_OF_JAIL = "deported_instead_of_jail", "Deported at the embassy's plea instead of jail"


class ReturnFunding(Code):
    """Payer of a return; there may be several.

    Source: press reports; the rest are Safe Return's own.
    """

    SELF_OR_FAMILY = "self_or_family", "Person or family"
    EMBASSY = "embassy", "State of nationality"
    CAMBODIA = "cambodia", "Cambodia"
    IO_NGO = "io_ngo", "Organisation"
    EMPLOYER = "employer", "Employer or site"
    UNKNOWN = "unknown", "Unknown"


class ReturnStep(Code):
    """Task of a return; ``departed`` is the day that is counted.

    Source: return practice of the International Organization for Migration and of Lao and Indian-Bangladeshi
    repatriation; press reports.
    """

    NATIONALITY_CONFIRMATION = "nationality_confirmation", "State confirms nationality"
    TRAVEL_DOCUMENT = "travel_document", "Travel document issued"
    FINE_OR_OVERSTAY_CLEARED = "fine_or_overstay_cleared", "Fine paid or waived"
    EXIT_PERMISSION = "exit_permission", "Exit permission"
    COURT_RELEASE = "court_release", "Court or prosecutor releases (witness, suspect)"
    FAMILY_ASSESSMENT = "family_assessment", "Family tracing or assessment (minors, at risk)"
    MEDICAL_FITNESS = "medical_fitness", "Fit to travel"
    TICKET = "ticket", "Ticket"
    DEPARTED = "departed", "Left Cambodia"
    ARRIVED_HANDED_OVER = "arrived_handed_over", "Arrived and handed over"


class ReturnStepState(Code):
    """State of a task of a return; ``not_needed`` and ``blocked`` need a reason.

    Source: repatriation practice; the rest are Safe Return's own.
    """

    NOT_NEEDED = "not_needed", "Not needed"
    TODO = "todo", "To do"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    BLOCKED = "blocked", "Blocked"


class ReturnStepReason(Code):
    """Reason why a task of a return is not needed, or is blocked.

    Source: repatriation practice and press reports (fines waived, papers refused); the rest are Safe Return's own.
    """

    ALREADY_IN_HAND = "already_in_hand", "Already there"
    WAIVED = "waived", "Waived by the authority"
    NOT_REQUIRED = "not_required", "Not required of this person"
    AWAITS_STATE = "awaits_state", "Waits for the state of nationality"
    AWAITS_CAMBODIA = "awaits_cambodia", "Waits for a Cambodian authority"
    AWAITS_COURT = "awaits_court", "Waits for a court or prosecutor"
    AWAITS_PAYMENT = "awaits_payment", "Waits for money"
    UNFIT = "unfit", "Not fit to travel"
    REFUSED = "refused", "Refused by the authority"
    PERSON_DECLINES = "person_declines", "The person does not want it"
