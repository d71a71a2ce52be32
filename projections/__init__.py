"""Read models: tables that can be thrown away and rebuilt from the events."""
