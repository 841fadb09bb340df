"""The station “aligning”: how do preferences change a model?"""
