"""The rules of the case file: what its rows say of a folded log, how often somebody may search. Pure."""
