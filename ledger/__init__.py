"""The core: what may be recorded, how it is signed and kept, how it is proved."""
