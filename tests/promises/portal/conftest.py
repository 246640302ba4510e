"""The portal as its own process is configured, and a store that is empty afterwards."""

from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import roles as roles
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.intake.conftest import _as_the_portal as _as_the_portal
