"""How the service is served."""
