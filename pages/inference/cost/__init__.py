"""The station “cost”: what a token costs in time, memory and bytes, measured on this machine."""
