"""The HTTP edge: JSON API, event stream, live sockets, built front-end."""
