"""What leaves the house is addressed to accounts, and says nothing about anybody."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.actions.notifications import notification_texts
from mesure.actions.notifications.notification_texts import (
    Notification,
    NotificationType,
    RecipientType,
)
from mesure.machine import texts
from mesure.orders.text.catalogue import Catalogue
from mesure.privacy.roles import Role
from tests.house import modules

ORIGIN = "https://mesure.example"
LANGUAGES = ["en", "fr", "ru", "kk"]
TO_PERSON = [news for news in NotificationType if news.value.startswith("your_")]
OUTSIDE = {"court", "police", "prosecutor", "judge", "sheriff", "press", "employer"}


def _said(news: NotificationType, catalogue: Catalogue) -> str:
    notice = Notification(RecipientType.ACCOUNT, "A-1", news, "I-1")
    return f"{news.subject(catalogue)}\n{notification_texts.full_text(notice, ORIGIN, catalogue)}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("news", NotificationType)
def test_every_kind_of_news_is_said_in_every_language(
    news: NotificationType, language: str
) -> None:
    text = _said(news, texts.catalogue(language))
    assert ORIGIN in text
    if language != "en":
        assert news.in_words(texts.catalogue(language)) != news.in_words(texts.catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_of_news_say_the_same(language: str) -> None:
    sentences = {news.in_words(texts.catalogue(language)) for news in NotificationType}
    assert len(sentences) == len(NotificationType)


@given(st.text(), st.text(), st.sampled_from(NotificationType), st.sampled_from(LANGUAGES))
def test_the_text_depends_on_nothing_but_the_kind_of_news(
    account: str, about: str, news: NotificationType, language: str
) -> None:
    catalogue = texts.catalogue(language)
    plain = notification_texts.full_text(
        Notification(RecipientType.ACCOUNT, "A-1", news, "I-1"), ORIGIN, catalogue
    )
    assert (
        notification_texts.full_text(
            Notification(RecipientType.PERSON, account, news, about), ORIGIN, catalogue
        )
        == plain
    )


@pytest.mark.parametrize("news", TO_PERSON)
def test_no_sentence_to_the_person_says_that_there_was_a_breach(news: NotificationType) -> None:
    text = _said(news, texts.catalogue("en"))
    assert not re.search(r"(?<!possible )\bbreach", text)
    assert max(len(sentence.split()) for sentence in re.split(r"[.\n]", text)) <= 20


def test_a_notice_survives_the_outbox() -> None:
    notice = Notification(RecipientType.ACCOUNT, "A-1", NotificationType.UNSEEN, "I-1")
    assert notification_texts.read(notice.encode()) == notice


# --- Nothing is sent to a court or to the police -----------------------------------------------


def test_there_is_no_account_for_whoever_would_punish() -> None:
    assert not OUTSIDE & {role.value for role in Role}


def test_a_notice_is_for_an_account_or_a_person_and_can_name_no_address() -> None:
    assert Notification.__struct_fields__ == ("to", "id", "news", "about")
    assert {to.value for to in RecipientType} == {"account", "person"}
    assert not [news for news in NotificationType if OUTSIDE & set(news.value.split("_"))]


def test_nothing_is_put_into_the_outbox_of_notices_with_a_body_of_its_own() -> None:
    """All that enqueue a notice write a `Notification`; there is no other row of this kind."""
    makers = [
        module.path
        for module in modules("mesure")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and ast.unparse(node) == "notices.OUTGOING"
        and isinstance(node.ctx, ast.Load)
    ]
    assert set(makers) <= {
        "mesure/actions/notifications/notification_rules.py",
        "mesure/service/outgoing/dispatch.py",
    }
