"""Reference data: the code lists, with provinces, nationalities and countries."""
