"""Marking: a watermark found again, and a signed record of origin."""
