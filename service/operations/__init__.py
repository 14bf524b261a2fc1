"""Operations: what is done in the field, and what it did for everybody it met or looked for."""
