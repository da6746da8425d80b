"""What people decided, used: how often each kind is right, and proposals for a camera's settings."""
