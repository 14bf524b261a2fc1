"""What runs beside requests: named jobs, each again and again at its interval, in one runner."""
