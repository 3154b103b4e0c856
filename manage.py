"""Django's own command line, for the engineers; everything a user needs is in the `tongbao` command."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongbao.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
