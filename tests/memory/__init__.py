"""What a worker keeps of the requests it has answered: nothing."""
