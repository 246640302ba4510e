"""The form of a list in which several rows are ticked and decided on together, with one motive."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from disrupt.hotline.common import numerals

SHOWN = 100


class TickedForm(forms.Form):
    """Which of the rows shown, and why; what becomes of them is its children's."""

    chosen = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("Choose at least one.")}
    )
    motive = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why: it stands in the audit log.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.numbers = data.getlist("chosen") if data is not None else []
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.ChoiceField)
        # Whatever is a number may be chosen; what is not to be decided any more is left alone.
        chosen.choices = [(n, n) for n in self.numbers[:SHOWN] if numerals.number_after("", n) is not None]
