"""The station “preferring” for pictures: can a model learn what somebody likes?"""
