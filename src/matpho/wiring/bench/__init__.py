"""What live cameras cost: the whole program measured against the floor, and beside a peer, on the same streams."""
