"""What lies on disk: event store, vault, tiles, key files and the embedded database."""
