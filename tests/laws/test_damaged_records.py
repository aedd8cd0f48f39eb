"""A record that something befell is refused, or shown as changed, or still whole."""

from __future__ import annotations

from hypothesis import given

import strategies
from outcomes import LONGEST_SECONDS, outcome_of, outcomes_for
from profiles import law


@law
@given(strategies.damages)
def test_a_damaged_record_is_never_taken_for_good_unless_it_is_whole(
    shared_store, small_stack, round_number, damage
):
    # Where one accident takes the hash of the header away, the next one may alter the header
    # unseen, the type included. The data of the body are safe even then.
    forgiving = damage.accidents > 1
    path = damage.originals[0].header.path
    outcome = small_stack(
        lambda: outcome_of(shared_store, path, damage.content, forgiving=forgiving)
    )
    may_be_listed, may_be_read = outcomes_for(damage.originals, forgiving=forgiving)
    assert outcome.listed in may_be_listed
    assert outcome.read in may_be_read
    assert outcome.seconds < LONGEST_SECONDS
