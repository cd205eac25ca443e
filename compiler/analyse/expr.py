"""Typed expressions: importing this module makes every kind of expression known to `typed`."""

from compiler.analyse import aggregates as aggregates
from compiler.analyse import calls as calls
from compiler.analyse import literals as literals
from compiler.analyse import names as names
from compiler.analyse import operations as operations
from compiler.analyse import picks as picks
from compiler.analyse.context import BROKEN as BROKEN
from compiler.analyse.context import Context as Context
from compiler.analyse.context import is_broken as is_broken
from compiler.analyse.context import of_record as of_record
from compiler.analyse.context import typed as typed
from compiler.analyse.fit import condition as condition
from compiler.analyse.fit import fit as fit
from compiler.analyse.fit import value_of as value_of
