"""The contract against the service: requests made by a machine from the one, answers judged by it."""
