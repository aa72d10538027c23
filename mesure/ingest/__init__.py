"""How do devices talk to us?

Listeners only. `http_listener` and `mqtt_listener` take requests in; messages go to
`mesure.actions.receiving`, and no device is answered before its message is stored.
`device_requests` reads a request over HTTP, `app_letters` says by a phone's enrolment what the
phone meant, `introduction` enrols. What the bytes mean is in `formats`.
Decision: docs/decisions/0030-receiving.md
"""
