"""What outsiders, crashes and crowds do to the service."""
