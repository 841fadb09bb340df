"""The station “marking”: how is a text recognised as written by a machine?"""
