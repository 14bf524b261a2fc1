"""The case file: cases, persons, offenders; events, fold, projections; the life of a case."""
