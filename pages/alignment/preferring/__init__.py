"""The station “preferring”: which answer is better?"""
