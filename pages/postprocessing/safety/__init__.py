"""The station “safety”: what must not get out?"""
