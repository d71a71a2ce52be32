"""Three nodes of the database on one machine, run by the commands of docs/availability.md."""
