"""Saved views: one's own, a few, by name; never what somebody searched for."""

import pytest

from mesure.actions.cases import saved_views
from mesure.actions.cases.saved_views import SavedViewRef, SaveView, ViewFilter
from mesure.actions.framework.action import EmptyRequest
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.privacy.access_refusal import AccessRefusal
from tests.actions.scene import OfficeScene

QUIET = (ViewFilter("device", "quiet"),)


def test_a_view_is_kept_replaced_and_removed_by_whose_it_is(scene: OfficeScene) -> None:
    view = scene.do(scene.ann, saved_views.save, SaveView(" Not heard ", QUIET))
    low = (ViewFilter("device", "low"),)
    assert scene.do(scene.ann, saved_views.save, SaveView("Not heard", low)) == view
    scene.do(scene.ann, saved_views.save, SaveView("All", ()))
    views = scene.do(scene.ann, saved_views.list_views, EmptyRequest())
    assert [(one.name, one.filters) for one in views] == [("All", ()), ("Not heard", low)]
    assert scene.do(scene.bob, saved_views.list_views, EmptyRequest()) == ()
    refused = scene.refusal_reason(scene.bob, saved_views.remove, SavedViewRef(view))
    assert refused is AccessRefusal.NOT_YOURS
    scene.do(scene.ann, saved_views.remove, SavedViewRef(view))
    assert len(scene.do(scene.ann, saved_views.list_views, EmptyRequest())) == 1


@pytest.mark.parametrize(
    "view",
    [
        SaveView("", QUIET),
        SaveView("x" * 61, QUIET),
        SaveView("a\nb", QUIET),
        SaveView("a", QUIET * 9),
        SaveView("a", (ViewFilter("device", "x" * 61),)),
    ],
)
def test_what_is_no_view_is_refused(scene: OfficeScene, view: SaveView) -> None:
    assert scene.refusal_reason(scene.ann, saved_views.save, view) is ActionRefusal.NAME


def test_there_are_at_most_twenty(scene: OfficeScene) -> None:
    for number in range(saved_views.VIEWS_MAX):
        scene.do(scene.ann, saved_views.save, SaveView(f"View {number}", QUIET))
    refused = scene.refusal_reason(scene.ann, saved_views.save, SaveView("One more", QUIET))
    assert refused is ActionRefusal.ENOUGH_SAID
