"""What must hold over all firms there could be, proved by z3: nothing that can never happen is written as a rule, and
nothing that must not happen can.

A claim that no firm exists stands on whatever could be read, because more conditions only leave fewer firms. A claim
that a firm exists is made only when all it rests on was read.
"""

from tongbao.scheme.rules.proofs.claims import all_of

__all__ = ["all_of"]
