"""The permission matrix: what each of PEOPLE gets from each address (letters of OUTCOMES)."""

from tests.permissions.rows import Row

#    a exporters districts c insurers f a a
#    n own other own other i own other i u d
#    o             t              n d m
MATRIX: dict[str, Row] = {}
