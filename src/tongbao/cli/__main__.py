"""`python -m tongbao.cli` is the `tongbao` command."""

import sys

from tongbao.cli.main import main

sys.exit(main())
