"""Why findings do not verify somebody, in words that name what to do: for refusals that rest on who leads. Pure."""

from collections.abc import Iterable

from service.story.standing import Finding, leading


def why_unverified(findings: Iterable[Finding]) -> str:
    """Return a sentence about the finding that decides; none where nothing was found yet.

    Args:
        findings: that do not verify.
    """
    said = leading(findings)[-1:]
    return "".join(
        f" The leading authority ({found.authority[0].value}) found '{found.outcome.value}' on {found.on}, its latest "
        "finding by day: record a later one of its own, or another authority's with `lead`."
        for found in said
    )
