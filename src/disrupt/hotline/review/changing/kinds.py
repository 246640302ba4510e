"""Which form is for what can be changed."""

from __future__ import annotations

from collections.abc import Mapping

from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.review.changing.forms import ChangeForm, HostForm, PlatformForm, SettingForm
from disrupt.hotline.review.changing.law import CategoryForm, OwnCategoryForm
from disrupt.hotline.review.changing.texts import LetterForm, WordsForm

FORMS: Mapping[Kind, type[ChangeForm]] = {
    Kind.SETTING: SettingForm,
    Kind.CATEGORY: CategoryForm,
    Kind.OWN_CATEGORY: OwnCategoryForm,
    Kind.HOST: HostForm,
    Kind.PLATFORM: PlatformForm,
    Kind.LETTER: LetterForm,
    Kind.WORDS: WordsForm,
}
# Of these a row can be made that did not come along.
ADDED = frozenset({Kind.OWN_CATEGORY, Kind.HOST, Kind.PLATFORM, Kind.LETTER})
# Of these earlier words can be taken up again.
VERSIONED = frozenset({Kind.LETTER, Kind.WORDS})
