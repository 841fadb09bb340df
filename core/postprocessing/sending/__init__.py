"""Sending: the envelope an answer leaves in, and its audit trail."""
