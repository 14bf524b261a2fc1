"""Reference data: the code lists, provinces and countries that every other part speaks in."""
