"""How the register speaks HTTP: bodies, answers, problems, retries, pages. No rule of the domain lives here."""
