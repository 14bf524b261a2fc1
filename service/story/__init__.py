"""What can happen to people, and what it amounts to. Pure: values in, values out."""
