from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mesure.orders.values.span import Span
from mesure.privacy import access, charge
from mesure.privacy.access import CaseAccess
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.charge import ChargeBasis, Cover, InCharge, OnCallDuty, Staff
from mesure.privacy.roles import Role

NOON = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = Span(NOON - HOUR, NOON + HOUR)
BEFORE = Span(NOON - 2 * HOUR, NOON)
NOBODY: frozenset[str] = frozenset()


def staff(*, covers: tuple[Cover, ...] = (), watches: tuple[OnCallDuty, ...] = ()) -> Staff:
    officers = frozenset({"own", "cover", "watch", "chief"})
    return Staff(officers, ("chief", "second"), covers, watches)


def test_a_persons_own_officer_is_in_charge() -> None:
    assert charge.in_charge("own", NOBODY, staff(), NOON) == InCharge("own", ChargeBasis.OWN)


def test_who_covers_is_asked_first_and_only_meanwhile() -> None:
    now = staff(covers=(Cover("own", "cover", NOW),))
    assert charge.in_charge("own", NOBODY, now, NOON) == InCharge("cover", ChargeBasis.COVER)
    over = staff(covers=(Cover("own", "cover", BEFORE),))
    assert charge.in_charge("own", NOBODY, over, NOON) == InCharge("own", ChargeBasis.OWN)


def test_who_is_on_call_comes_after_and_a_supervisor_last() -> None:
    on_call = staff(watches=(OnCallDuty("watch", NOW),))
    assert charge.in_charge(None, NOBODY, on_call, NOON) == InCharge("watch", ChargeBasis.ON_CALL)
    late = staff(watches=(OnCallDuty("watch", BEFORE),))
    assert charge.in_charge(None, NOBODY, late, NOON) == InCharge("chief", ChargeBasis.SUPERVISOR)
    gone = charge.in_charge("left", NOBODY, staff(), NOON)
    assert gone == InCharge("chief", ChargeBasis.SUPERVISOR)


def test_who_is_barred_is_passed_over() -> None:
    both = staff(covers=(Cover("own", "cover", NOW),))
    barred = frozenset({"own", "cover", "chief"})
    assert charge.in_charge("own", barred, both, NOON) == InCharge("second", ChargeBasis.SUPERVISOR)


names = st.sampled_from(["own", "cover", "watch", "chief", "second", "gone"])
spans = st.sampled_from([NOW, BEFORE])


@given(
    own=st.none() | names,
    barred=st.frozensets(names),
    covers=st.lists(st.builds(Cover, names, names, spans), max_size=3),
    watches=st.lists(st.builds(OnCallDuty, names, spans), max_size=3),
)
def test_somebody_is_always_in_charge(
    own: str | None, barred: frozenset[str], covers: list[Cover], watches: list[OnCallDuty]
) -> None:
    here = staff(covers=tuple(covers), watches=tuple(watches))
    holder = charge.in_charge(own, barred, here, NOON)
    is_last = holder.how is ChargeBasis.SUPERVISOR and barred >= set(here.supervisors)
    assert holder.account not in barred or is_last
    assert holder.account in here.officers or holder.account in here.supervisors
    may_act = charge.all_in_charge(own, barred, here, NOON)
    assert not {one.account for one in may_act} & barred


def refusal(account: str, role: Role, stands_for: str | None = None) -> AccessRefusal | None:
    case = CaseAccess("P-1", lambda: frozenset({"own"}), frozenset({"enemy"}))
    return access.refusal(account, role, stands_for, case)


def test_a_case_is_opened_by_those_in_charge_and_by_the_person() -> None:
    assert refusal("own", Role.OFFICER) is None
    assert refusal("other", Role.OFFICER) is AccessRefusal.NOT_IN_CHARGE
    assert refusal("chief", Role.SUPERVISOR) is None
    assert refusal("x", Role.PERSON, "P-1") is None
    assert refusal("x", Role.PERSON, "P-2") is AccessRefusal.ANOTHER_PERSON
    assert refusal("x", Role.COUNSEL) is AccessRefusal.ANOTHER_PERSON
    assert refusal("x", Role.OPERATOR) is AccessRefusal.ROLE
    assert refusal("x", Role.VISITOR) is AccessRefusal.ROLE


def test_who_is_barred_opens_nothing_whatever_they_are() -> None:
    assert {refusal("enemy", role, "P-1") for role in Role} == {AccessRefusal.BARRED}
