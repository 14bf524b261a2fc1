"""How names are spelled in Latin letters: one file a script, each with its table and the source of it. Pure."""
