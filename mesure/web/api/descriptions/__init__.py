"""Descriptions: what each field of the API means, in plain words, with an example."""
