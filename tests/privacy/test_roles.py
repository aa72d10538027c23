from mesure.privacy import purposes, roles
from mesure.privacy.purposes import Purpose
from mesure.privacy.roles import Role


def test_nobody_is_on_both_sides() -> None:
    assert not roles.STAFF & roles.OWN_SIDE
    assert roles.CASEWORK < roles.STAFF
    assert set(Role) - {Role.VISITOR, Role.PROGRAM} == roles.SIGNED_IN


def test_every_role_has_purposes_or_none() -> None:
    assert set(purposes.FOR_ROLE) == set(Role)
    for role in Role:
        for purpose in Purpose:
            assert purposes.may_name(role, purpose) == (purpose in purposes.FOR_ROLE[role])


def test_the_persons_side_looks_for_one_purpose_and_needs_no_number() -> None:
    for role in roles.OWN_SIDE:
        assert len(purposes.FOR_ROLE[role]) == 1
        assert not purposes.needs_case_number(role)


def test_staff_on_cases_name_a_number() -> None:
    assert all(purposes.needs_case_number(role) for role in (*roles.CASEWORK, Role.INSPECTOR))
    assert not any(map(purposes.is_case_number, ("x" * 61, "x" + " " * 60)))
    assert not purposes.is_case_number("two\nlines")
