"""Sender of notices and webhooks, put together from the settings, in a thread of its own."""

import threading
from collections.abc import Callable

from mesure.actions.framework.context import Context
from mesure.machine import texts
from mesure.privacy.quiet_hours import QuietHours
from mesure.service.installation.settings import Settings
from mesure.service.mail import MailServer
from mesure.service.outgoing.dispatch import DeliveryChannels, Notifier
from mesure.service.outgoing.gateways import Gateways
from mesure.service.outgoing.webhook_delivery import NetworkPolicy, WebhookSender


class NotificationSender:
    """Sends until it is stopped."""

    def __init__(self, settings: Settings, origin: str, contexts: Callable[[], Context]) -> None:
        quiet = QuietHours(settings.quiet_from, settings.quiet_until, settings.zone)
        pairs = (gateway.partition("=") for gateway in settings.gateways)
        gateways = Gateways({name: address for name, _, address in pairs})
        hooks = WebhookSender(NetworkPolicy(private=settings.webhooks_private))
        ways = DeliveryChannels(_mail(settings), gateways, hooks)
        self._notifier = Notifier(contexts, ways, origin, quiet, texts.catalogue)
        self._stop = threading.Event()

    def run(self) -> None:
        """Send what is due until told to stop."""
        self._notifier.run(self._stop)

    def stop(self) -> None:
        """Stop after what is being sent now."""
        self._stop.set()


def _mail(settings: Settings) -> MailServer | None:
    if settings.mail_host is None:
        return None
    password = None if settings.mail_password is None else settings.mail_password.get_secret_value()
    mail_ca = None if settings.mail_ca is None else str(settings.mail_ca)
    who = settings.mail_from, settings.mail_tls, settings.mail_name
    return MailServer(settings.mail_host, settings.mail_port, *who, password, mail_ca)
