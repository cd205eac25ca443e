"""What conditions have to do with each other: whether one can hold, whether two can hold at once.

The answer is an example, a proof that there is none, or that it is not known; a "no" is never
wrong. In order of use: `knowledge` (what is asked of the model), `terms` (what a condition speaks
of), `points` (constants as numbers that can be counted), `candidates` (values that stand for all
others), `evaluation` (the truth of a condition of which only some terms have a value), `verdict`
(the search, and the functions to call), `told` (an example in the words of the language).
"""

from compiler.logic.knowledge import Knowledge as Knowledge
from compiler.logic.knowledge import Limits as Limits
from compiler.logic.verdict import Verdict as Verdict
from compiler.logic.verdict import may_all_hold as may_all_hold
from compiler.logic.verdict import may_both_hold as may_both_hold
from compiler.logic.verdict import may_hold as may_hold
