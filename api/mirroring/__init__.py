"""Copies of published logs: fetched, checked on the way, compared with what others were shown."""

from __future__ import annotations
