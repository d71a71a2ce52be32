"""What may happen: events, rules and their effects; no framework, no input or output."""
