"""The station “form”: can a program read the answer?"""
