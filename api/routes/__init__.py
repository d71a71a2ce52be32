"""Routes of the portal, one file per persona."""
