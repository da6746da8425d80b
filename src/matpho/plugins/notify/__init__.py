"""Ways out: webhooks, e-mail, MQTT."""
