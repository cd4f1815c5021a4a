"""Bugs planted in the product on purpose: does a suite catch each of them?"""
