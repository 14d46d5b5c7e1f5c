"""Finds who copied a news story from whom."""
