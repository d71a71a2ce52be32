"""What people touch: command line, pages, settings and wiring."""
