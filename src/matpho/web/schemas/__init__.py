"""The shapes of the HTTP API: pydantic models, one file per subject. Nothing below the web layer knows them."""
