"""Who somebody is, sealed: names, documents, contacts, places, notes. Figures cannot import this package."""
