"""The WSGI entry of the portal."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.portal.settings"
application = get_wsgi_application()
