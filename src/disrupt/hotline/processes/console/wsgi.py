"""The WSGI entry of the console."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.console.settings"
application = get_wsgi_application()
