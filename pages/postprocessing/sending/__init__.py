"""The station “sending”: what goes out in the end?"""
