"""The station “tuning”: how does a model learn to answer?"""
