"""The WSGI entry of the answers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.answers.settings"
application = get_wsgi_application()
