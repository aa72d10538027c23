import pytest

from mesure.actions.accounts import sign_in, staff_accounts
from mesure.actions.accounts.sign_in import ChangePassword, SignOut
from mesure.actions.accounts.staff_accounts import (
    AccountRef,
    FinishSetup,
    OpenAccount,
    OpenSetupLink,
)
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.framework.context import PROGRAM, VISITOR, Actor
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, ActionError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import Role
from tests.actions import house
from tests.actions.house import PASSWORD, Office
from tests.actions.signing_in import PasswordHolder, resume


@pytest.fixture
def holder(office: Office) -> PasswordHolder:
    actor, secret = house.first_supervisor(office)
    office.later(minutes=1)
    return PasswordHolder(office, actor, secret)


# --- The first, and setting up -----------------------------------------------------------------


def test_the_first_supervisor_comes_by_a_link_that_works_once(
    office: Office, holder: PasswordHolder
) -> None:
    session = resume(office, holder.sign_in(login=" Aigerim ").session)
    assert session is not None
    assert (session.actor, session.name) == (holder.actor, "Aigerim")
    again = OpenAccount("Another", Role.SUPERVISOR)
    with pytest.raises(ActionConflictError):
        office.do(PROGRAM, staff_accounts.open_first, again)


def test_a_link_that_was_never_used_gives_way_to_the_next(office: Office) -> None:
    first = office.do(PROGRAM, staff_accounts.open_first, OpenAccount("A", Role.SUPERVISOR))
    second = office.do(PROGRAM, staff_accounts.open_first, OpenAccount("B", Role.SUPERVISOR))
    with pytest.raises(NotAllowedError):
        office.do(VISITOR, staff_accounts.begin_setup, OpenSetupLink(first.token))
    assert office.last()["facts"]["refused"] == "link"
    house.set_up(office, second.token, "b")
    listed = office.do(
        Actor(second.account, Role.SUPERVISOR), staff_accounts.list_accounts, EmptyRequest()
    )
    shown = {one.name: (one.closed_at is None, one.is_set_up) for one in listed}
    assert shown == {"A": (False, False), "B": (True, True)}


def test_setting_up_asks_for_a_good_password_and_a_first_code(
    office: Office, holder: PasswordHolder
) -> None:
    link = office.do(holder.actor, staff_accounts.open_account, OpenAccount("Bota", Role.OFFICER))

    def finish(**changes: str) -> object:
        fields = {"token": link.token, "login": "bota", "password": PASSWORD, "code": "000000"}
        with pytest.raises(ActionError) as refused:
            office.do(VISITOR, staff_accounts.finish_setup, FinishSetup(**{**fields, **changes}))
        return refused.value.reason

    assert finish() is AccessRefusal.SIGN_IN  # Nobody opened the link yet.
    secret = office.do(VISITOR, staff_accounts.begin_setup, OpenSetupLink(link.token)).totp_secret
    again = office.do(VISITOR, staff_accounts.begin_setup, OpenSetupLink(link.token, secret))
    assert (again.totp_secret, again.totp_address[:10]) == (secret, "otpauth://")
    right = house.code_of(office, secret)
    assert finish(password="short") is ActionRefusal.PASSWORD
    assert finish(password="bota" * 3, login="bota") is ActionRefusal.PASSWORD
    assert finish(token="another") is AccessRefusal.LINK
    assert finish(login=" ", code=right) is ActionRefusal.NAME
    assert finish(login="AIGERIM", code=right) is ActionRefusal.NAME_TAKEN
    office.later(days=3)
    assert finish(code=house.code_of(office, secret)) is AccessRefusal.LINK


# --- Trying ------------------------------------------------------------------------------------


def test_whoever_opened_a_link_in_between_knows_no_secret_that_counts(office: Office) -> None:
    link = office.do(PROGRAM, staff_accounts.open_first, OpenAccount("Aigerim", Role.SUPERVISOR))

    def open_link(offered: str | None = None) -> str:
        return office.do(
            VISITOR, staff_accounts.begin_setup, OpenSetupLink(link.token, offered)
        ).totp_secret

    before = open_link()
    secret = open_link()
    after = open_link("A" * 32)  # One that was never offered.
    assert len({before, secret, after, "A" * 32}) == 4
    code = house.code_of(office, secret)
    office.do(
        VISITOR, staff_accounts.finish_setup, FinishSetup(link.token, "aigerim", PASSWORD, code)
    )
    office.later(minutes=1)
    actor = Actor(link.account, Role.SUPERVISOR)
    for known in (before, after):
        assert PasswordHolder(office, actor, known).refusal_reason() is AccessRefusal.SIGN_IN
    PasswordHolder(office, actor, secret).sign_in()


def test_a_wrong_password_code_or_name_is_refused_alike_and_entered(
    office: Office, holder: PasswordHolder
) -> None:
    for wrong in ({"password": "wrong " * 3}, {"code": "000000"}, {"login": "nobody"}):
        assert holder.refusal_reason(**wrong) is AccessRefusal.SIGN_IN
        assert office.last()["facts"]["refused"] == "sign_in"
    known = [one["facts"].get("account") for one in office.log()[-3:]]
    assert known == [holder.actor.account, holder.actor.account, None]
    assert holder.refusal_reason(password="x" * 201) is AccessRefusal.SIGN_IN
    holder.sign_in()


def test_a_code_counts_once_and_clocks_may_differ_by_half_a_minute(
    office: Office, holder: PasswordHolder
) -> None:
    code = house.code_of(office, holder.secret)
    holder.sign_in(code)
    assert holder.refusal_reason(code=code) is AccessRefusal.SIGN_IN
    office.later(minutes=5)
    old = house.code_of(office, holder.secret)
    office.later(seconds=30)
    holder.sign_in(old)
    office.later(minutes=5)
    late = house.code_of(office, holder.secret)
    office.later(minutes=1)
    assert holder.refusal_reason(code=late) is AccessRefusal.SIGN_IN


def test_a_lost_phone_is_helped_by_codes_that_count_once(office: Office) -> None:
    link = office.do(PROGRAM, staff_accounts.open_first, OpenAccount("A", Role.SUPERVISOR))
    secret, codes = house.set_up(office, link.token, "a")
    holder = PasswordHolder(office, Actor(link.account, Role.SUPERVISOR), secret, "a")
    typed = codes[0].lower().replace("-", " ")
    holder.sign_in(typed)
    assert office.last()["facts"]["recovery_codes_left"] == 9
    assert holder.refusal_reason(code=typed) is AccessRefusal.SIGN_IN
    holder.sign_in(codes[1])


def test_a_supervisor_helps_out_and_what_there_was_ends(
    office: Office, holder: PasswordHolder
) -> None:
    link = office.do(holder.actor, staff_accounts.open_account, OpenAccount("Bota", Role.OFFICER))
    secret, _ = house.set_up(office, link.token, "bota")
    office.later(minutes=1)
    bota = PasswordHolder(office, Actor(link.account, Role.OFFICER), secret, "bota")
    session = bota.sign_in().session
    new = office.do(holder.actor, staff_accounts.reset, AccountRef(link.account))
    assert resume(office, session) is None
    office.later(minutes=1)
    assert bota.refusal_reason() is AccessRefusal.SIGN_IN
    bota.secret, _ = house.set_up(office, new.token, "bota")
    office.later(minutes=1)
    bota.sign_in()
    with pytest.raises(NotAllowedError) as own:
        office.do(holder.actor, staff_accounts.reset, AccountRef(holder.actor.account))
    assert own.value.reason is AccessRefusal.SAME_EYES


# --- Waiting -----------------------------------------------------------------------------------


def guess(holder: PasswordHolder, times: int, address: str = "192.0.2.7") -> None:
    stranger = PasswordHolder(holder.office, holder.actor, holder.secret)
    for _ in range(times):
        with pytest.raises(NotAllowedError):
            stranger.sign_in("000000", password="guess " * 3, address=address)


def test_whoever_guesses_waits(office: Office, holder: PasswordHolder) -> None:
    guess(holder, 5)
    stranger = PasswordHolder(office, holder.actor, holder.secret)
    assert stranger.refusal_reason() is AccessRefusal.WAIT  # Although all of it is right.
    assert office.last()["facts"]["refused"] == "wait"
    office.later(seconds=15)
    stranger.sign_in()
    assert (
        stranger.refusal_reason(code="000000") is AccessRefusal.SIGN_IN
    )  # And the count begins anew.


def test_a_known_browser_does_not_wait_for_strangers(
    office: Office, holder: PasswordHolder
) -> None:
    holder.sign_in()
    office.later(minutes=1)
    guess(holder, 12)
    holder.sign_in(address="192.0.2.7")
    for _ in range(5):
        office.later(minutes=1)
        assert holder.refusal_reason(code="000000") is AccessRefusal.SIGN_IN
    assert holder.refusal_reason() is AccessRefusal.WAIT  # Its own count it has.


def test_another_accounts_browser_is_none(office: Office, holder: PasswordHolder) -> None:
    link = office.do(holder.actor, staff_accounts.open_account, OpenAccount("Bota", Role.OFFICER))
    secret, _ = house.set_up(office, link.token, "bota")
    office.later(minutes=1)
    bota = PasswordHolder(office, Actor(link.account, Role.OFFICER), secret, "bota")
    bota.sign_in()
    guess(holder, 5)
    holder.browser = bota.browser
    assert holder.refusal_reason() is AccessRefusal.WAIT


def test_an_address_waits_after_many_names(office: Office, holder: PasswordHolder) -> None:
    for count in range(21):
        nobody = PasswordHolder(office, holder.actor, holder.secret, f"nobody {count}")
        assert nobody.refusal_reason(address="192.0.2.7") is AccessRefusal.SIGN_IN
    assert holder.refusal_reason(address="192.0.2.7") is AccessRefusal.WAIT
    holder.sign_in(address="192.0.2.8")


def test_no_stranger_keeps_the_holder_from_another_password(
    office: Office, holder: PasswordHolder
) -> None:
    stranger = PasswordHolder(office, holder.actor, "", f"Account {holder.actor.account}")
    for count in range(5):
        stranger.refusal_reason(code="000000", address=f"192.0.2.{count}")
    new = ChangePassword(PASSWORD, "another password")
    office.do(holder.actor, sign_in.change_password, new, "198.51.100.1")


def test_nobody_is_locked_out_for_ever(office: Office, holder: PasswordHolder) -> None:
    for _ in range(30):
        guess(holder, 1)
        office.later(minutes=15)
    PasswordHolder(office, holder.actor, holder.secret).sign_in()


def test_neither_names_nor_addresses_lie_in_the_store(
    office: Office, holder: PasswordHolder
) -> None:
    guess(holder, 1)
    with office.store.read() as reading:
        rows = [*reading.entries_of_kind("failures"), *reading.entries_of_kind("account")]
    text = repr(rows)
    assert len(rows) == 3
    assert "aigerim" not in text.lower()
    assert "192.0.2.7" not in text


# --- Sessions ----------------------------------------------------------------------------------


def test_a_session_ends_when_nothing_comes(office: Office, holder: PasswordHolder) -> None:
    token = holder.sign_in().session
    for _ in range(3):
        office.later(minutes=29)
        assert resume(office, token)
    office.later(minutes=30)
    assert resume(office, token) is None


def test_a_session_ends_after_its_time_whatever_comes(
    office: Office, holder: PasswordHolder
) -> None:
    token = holder.sign_in().session
    for _ in range(23):
        office.later(minutes=30, seconds=-1)
        assert resume(office, token)
    office.later(minutes=30)
    assert resume(office, token) is None


def test_signing_in_begins_a_new_session_and_ends_the_old_one(
    office: Office, holder: PasswordHolder
) -> None:
    first = holder.sign_in()
    office.later(minutes=1)
    second = holder.sign_in(replaces=first.session)
    assert second.browser is None
    assert second.session != first.session
    assert resume(office, first.session) is None
    assert resume(office, second.session)


def test_one_signs_out_of_ones_own_session_only(office: Office, holder: PasswordHolder) -> None:
    token = holder.sign_in().session
    other = office.account("other", Role.OFFICER)
    office.do(other, sign_in.out, SignOut(token))
    assert resume(office, token)
    office.do(holder.actor, sign_in.out, SignOut(token))
    assert resume(office, token) is None
    office.do(holder.actor, sign_in.out, SignOut(token))


def test_one_signs_out_everywhere(office: Office, holder: PasswordHolder) -> None:
    tokens = [holder.sign_in().session]
    office.later(minutes=1)
    tokens.append(holder.sign_in().session)
    assert office.do(holder.actor, sign_in.out_everywhere, EmptyRequest()) == 2
    assert [resume(office, token) for token in tokens] == [None, None]


def test_a_closed_account_has_no_session(office: Office, holder: PasswordHolder) -> None:
    link = office.do(holder.actor, staff_accounts.open_account, OpenAccount("Bota", Role.OFFICER))
    secret, _ = house.set_up(office, link.token, "bota")
    office.later(minutes=1)
    bota = PasswordHolder(office, Actor(link.account, Role.OFFICER), secret, "bota")
    token = bota.sign_in().session
    office.do(holder.actor, staff_accounts.close, AccountRef(link.account))
    assert resume(office, token) is None
    assert bota.refusal_reason() is AccessRefusal.SIGN_IN
    with pytest.raises(ActionConflictError) as closed:
        office.do(holder.actor, staff_accounts.close, AccountRef(link.account))
    assert closed.value.reason is ActionRefusal.NOT_STAFF


def test_the_last_supervisor_stays(office: Office, holder: PasswordHolder) -> None:
    own = AccountRef(holder.actor.account)
    with pytest.raises(ActionConflictError) as last:
        office.do(holder.actor, staff_accounts.close, own)
    assert last.value.reason is ActionRefusal.LAST_SUPERVISOR
    office.account("second", Role.SUPERVISOR)
    office.do(holder.actor, staff_accounts.close, own)


def test_a_password_is_changed_by_who_knows_it(office: Office, holder: PasswordHolder) -> None:
    token = holder.sign_in().session
    new = "another password"
    with pytest.raises(NotAllowedError):
        office.do(holder.actor, sign_in.change_password, ChangePassword("wrong " * 3, new))
    assert resume(office, token)
    with pytest.raises(ActionError) as weak:
        office.do(holder.actor, sign_in.change_password, ChangePassword(PASSWORD, "weak"))
    assert weak.value.reason is ActionRefusal.PASSWORD
    office.do(holder.actor, sign_in.change_password, ChangePassword(PASSWORD, new))
    assert resume(office, token) is None
    office.later(minutes=1)
    assert holder.refusal_reason() is AccessRefusal.SIGN_IN
    holder.sign_in(password=new)


def test_what_cannot_be_an_account_is_refused(office: Office, holder: PasswordHolder) -> None:
    for request, why in (
        (OpenAccount(" ", Role.OFFICER), ActionRefusal.NAME),
        (OpenAccount("A", Role.PERSON), ActionRefusal.ROLE),
        (OpenAccount("A", Role.PROGRAM), ActionRefusal.ROLE),
        (OpenAccount("A", Role.OFFICER, language="xx"), ActionRefusal.LANGUAGE),
    ):
        with pytest.raises(ActionError) as refused:
            office.do(holder.actor, staff_accounts.open_account, request)
        assert refused.value.reason is why


def test_one_chooses_ones_language(office: Office, holder: PasswordHolder) -> None:
    office.do(holder.actor, staff_accounts.set_language, staff_accounts.SetLanguage("kk"))
    session = resume(office, holder.sign_in().session)
    assert session is not None
    assert session.language == "kk"
    with pytest.raises(ActionError):
        office.do(holder.actor, staff_accounts.set_language, staff_accounts.SetLanguage("xx"))


def test_a_new_link_takes_the_place_of_one_that_was_not_used(
    office: Office, holder: PasswordHolder
) -> None:
    first = office.do(holder.actor, staff_accounts.open_account, OpenAccount("Bota", Role.OFFICER))
    second = office.do(holder.actor, staff_accounts.reset, AccountRef(first.account))
    with pytest.raises(NotAllowedError):
        office.do(VISITOR, staff_accounts.begin_setup, OpenSetupLink(first.token))
    assert house.set_up(office, second.token, "bota")
