"""Hits to incidents, and what people do with them. Standard library only; ports for everything else."""
