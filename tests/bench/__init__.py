"""The measurements themselves, tested."""
