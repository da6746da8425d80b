"""Scenes to hits; one file per rule; pure: the same scenes give the same hits. Standard library only."""
