"""What leaves the program by itself: letters in one durable outbox, delivered in order and at least once."""
