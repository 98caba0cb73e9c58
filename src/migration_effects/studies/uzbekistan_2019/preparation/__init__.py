"""The steps that are special to this survey: cleaning of the five files, derived variables, weights."""
