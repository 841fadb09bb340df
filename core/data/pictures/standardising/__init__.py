"""Standardising: anybody's picture files, made alike step by step, each step saying what it did."""
