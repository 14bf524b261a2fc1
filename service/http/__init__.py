"""The HTTP conventions of the register: bodies, responses, problems, retries, pages. No rule of the domain is here."""
