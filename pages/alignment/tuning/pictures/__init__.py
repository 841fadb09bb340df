"""The station “tuning” for pictures: how does a model learn a style, or somebody's own things?"""
