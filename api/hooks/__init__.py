"""Events for other programs: handed out from a cursor, and sent to whoever asked for that."""
