"""People who sign in, and no memory of the test before."""

from tests.hotline.people import _no_memory as _no_memory
from tests.hotline.people import alice as alice
from tests.hotline.people import as_alice as as_alice
from tests.hotline.people import english as english
from tests.hotline.people import make_user as make_user
