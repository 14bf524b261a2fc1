"""Sealing what is told about somebody, and making it findable without its being readable."""

from service.people.actions.sealing import new_subject, put, retire

__all__ = ["new_subject", "put", "retire"]
