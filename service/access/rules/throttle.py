"""Who has to wait before a sign-in is tried (ADR 32)."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from service.errors import TooManyAttemptsError

FREE_FAILURES: Final = 5
LONGEST_DELAY_S: Final = 900
FAILURE_WINDOW_S: Final = 3600
"""Failures older than an hour are forgotten."""

ACCOUNT_LIMIT: Final = 100
"""Failures of one account in an hour, wherever from, after which it waits: too few to guess, too many to lock out."""

ADDRESS_LIMIT: Final = 100
ADDRESS_DELAY_S: Final = 30
"""Failures from one address in an hour, whatever the names, after which it may try every half minute."""


@dataclass(frozen=True)
class Failures:
    """Failed sign-ins of the last hour, and how long ago the latest of them was."""

    count: int
    seconds_ago: float


KNOWN_DAYS: Final = 90
"""An address from which an account was used is remembered for so many days, for that account."""


def address_class(host: str) -> str:
    """Return by what addresses are counted: IPv4 singly, IPv6 by /64, of which one household or server has 2^64.

    One class stands for whatever is no address. An IPv4 address written as IPv6 comes here as that IPv4 address
    (`http.proxies`).

    Source: RFC 6177 (sites get a /64 or more).
    """
    try:
        address = ip_address(host)
    except ValueError:
        return NOWHERE
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False).network_address)
    return str(address)


NOWHERE: Final = "::"


def check_throttle(*, from_here: Failures, of_account: Failures, from_address: Failures, is_known: bool) -> None:
    """Raise unless a sign-in may be tried now.

    The delay grows with failures of this account from this address, so an attacker slows down himself, not the
    hotline; a hundred failures of one account, or from one address, slow those down for everybody, but for where the
    account was used before: strangers shut nobody out of it there (ADR 32).

    Args:
        from_here: of this account from this address.
        of_account: of this account from anywhere.
        from_address: of any account from this address.
        is_known: whether this account was signed in to from this address lately.

    Raises:
        TooManyAttemptsError: with the seconds to wait.
    """
    waits = [0.0]
    if from_here.count >= FREE_FAILURES:
        waits.append(min(2 ** (from_here.count - FREE_FAILURES), LONGEST_DELAY_S) - from_here.seconds_ago)
    if of_account.count >= ACCOUNT_LIMIT and not is_known:
        waits.append(LONGEST_DELAY_S - of_account.seconds_ago)
    if from_address.count >= ADDRESS_LIMIT and not is_known:
        waits.append(ADDRESS_DELAY_S - from_address.seconds_ago)
    if max(waits) > 0:
        raise TooManyAttemptsError("Too many attempts. Wait, then try again.", retry_after=int(max(waits)) + 1)
