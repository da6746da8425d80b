"""One router per subject: a route reads the request, asks casework, and renders."""
