"""How do other programs use the service?

Version 1, under `/api/v1`. What can be asked for are the actions of `mesure/actions`, and nothing
else: `table` says which one answers which address, `asking` turns a request into what the action
asks for, `answering` turns what it gives into an answer, `document` describes all of it (OpenAPI
3.1), in the words of `words`. `following` is the stream of what changes.

Nothing here lists where several people are; there is no such action.
Decision: docs/decisions/0033-api-and-webhooks.md
"""

from mesure.web.api.routing import routes

__all__ = ["routes"]
