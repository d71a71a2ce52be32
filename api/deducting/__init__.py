"""Deductions at the edge: reference data, the answer's JSON, words for its steps, worksheets."""
