"""The ledger: signed entries, append only, folded by day. The only table that counts people (ADR 0006).

Its subjects are humans, cases and offenders. A human is one person, or the persons joined by links.
"""
