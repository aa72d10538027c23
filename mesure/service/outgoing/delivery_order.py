"""Order of delivery: what happened later to an incident goes out after what happened before.

An event that was not taken is tried again with growing patience. Later events of the same incident
would arrive first, and a withdrawal before the opening that it takes back.
"""

from typing import Final

from mesure.actions.notifications import webhooks
from mesure.actions.notifications.webhooks import WebhookDelivery
from mesure.service.mail import DeliveryError
from mesure.store.interface.store import ReadTransaction

EARLIER: Final = "earlier"  # Why an event waits: one before it waits.


def is_to_be_told(reading: ReadTransaction, delivery: WebhookDelivery) -> bool:
    """Tell whether a receiver has what an event builds on.

    Raises `DeliveryError` while an earlier event about the same incident waits for that receiver,
    with the reason for which that one waits.
    """
    incident = reading.incident(str(delivery.event["subject"]))
    names = webhooks.names_before(delivery, 0 if incident is None else incident.revision)
    statuses = [sent for name in names if (sent := reading.send_status(webhooks.OUTGOING, name))]
    waiting = next((sent for sent in statuses if not sent.is_done), None)
    if waiting is not None:
        raise DeliveryError(waiting.said or EARLIER)
    # What the outbox has forgotten was sent long ago.
    was_told = not statuses or any(sent.said == webhooks.DELIVERED for sent in statuses)
    return was_told or not webhooks.goes_on(delivery)
