"""The one list of contexts, in the order in which the work passes them.

A context may import those before it, never those after it; the import contracts, the installed apps, the menu and the
worklist all read this order.
"""

FLOOR = ("ui", "audit", "accounts", "documents", "notify", "batch")
STATIONS = ("scheme", "registry", "screening", "funds", "intake", "policies", "studio")
ROOF = ("desk", "demo")

CONTEXTS = (*FLOOR, *STATIONS, *ROOF)
