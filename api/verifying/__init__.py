"""Checking receipts from the outside: files, folders, printed codes, pictures and lists."""
