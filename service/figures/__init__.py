"""Numbers that can be defended: definitions, answers, closure checks. Never meets a person."""
