"""How a measured value becomes points, as SQL expressions; no database, no models (G2).

All points lie between 0 and 100. A value that is NULL is missing and has no points: what that means, the scheme says.
"""

from odoo.tools import SQL

NEUTRAL = 50


def by_bands(value, bands):
    """Return the points of the highest band that ``value`` reaches; 0 below all of them.

    :param bands: ``[(from, points), …]`` in any order
    """
    if not bands:
        return SQL("CASE WHEN %s IS NOT NULL THEN 0 END", value)
    cases = [SQL("WHEN %s >= %s THEN %s", value, start, points) for start, points in sorted(bands, reverse=True)]
    return SQL("CASE WHEN %s IS NULL THEN NULL %s ELSE 0 END", value, SQL(" ").join(cases))


def linear(value, worst, best):
    """Return the points between ``worst`` (0) and ``best`` (100), which may be the lower of the two."""
    # LEAST and GREATEST pass over NULL.
    return SQL(
        "CASE WHEN %(value)s IS NOT NULL THEN LEAST(100, GREATEST(0, (%(value)s - %(worst)s) * 100 / (%(best)s - "
        "%(worst)s)::numeric)) END",
        value=value,
        worst=worst,
        best=best,
    )


def rank_position(value, is_open, higher_is_better):
    """Return the share in per cent of the others with a value that ``value`` beats; equal values share a place.

    Others are the open ones: a hidden figure counts in nobody's place but its own (X3). Who is alone beats everybody.
    """
    order = SQL("ASC") if higher_is_better else SQL("DESC")
    return SQL(
        "CASE WHEN %(value)s IS NULL THEN NULL WHEN %(others)s = 0 THEN 100 ELSE"
        # Whoever has the same value has the same place: the range takes them all in.
        " (count(%(value)s) FILTER (WHERE %(is_open)s) OVER (ORDER BY %(value)s %(order)s RANGE UNBOUNDED PRECEDING)"
        " - count(%(value)s) FILTER (WHERE %(is_open)s) OVER (PARTITION BY %(value)s)) * 100.0 / %(others)s END",
        value=value,
        is_open=is_open,
        order=order,
        others=SQL(
            "(count(%(value)s) FILTER (WHERE %(is_open)s) OVER () - CASE WHEN %(is_open)s THEN 1 ELSE 0 END)",
            value=value,
            is_open=is_open,
        ),
    )


def pareto_position(value, is_open):
    """Return the share in per cent of the total that open customers with a greater value bring in: 0 for the greatest.

    The total is that of the open ones, and of a hidden one its own: a hidden figure counts in nobody's position but
    its own (X3). Nothing and less than nothing bring in no share, and stand behind all others.
    """
    gain = SQL("GREATEST(%s, 0)", value)
    return SQL(
        "CASE WHEN %(value)s IS NULL THEN NULL WHEN %(value)s <= 0 THEN 100 ELSE"
        # Whoever has the same value has the same position: the range takes them all in, and their own part is taken
        # off.
        " (COALESCE(sum(%(gain)s) FILTER (WHERE %(is_open)s) OVER (ORDER BY %(gain)s DESC RANGE UNBOUNDED PRECEDING), 0)"
        " - %(gain)s * count(*) FILTER (WHERE %(is_open)s) OVER (PARTITION BY %(gain)s))"
        " * 100 / (COALESCE(sum(%(gain)s) FILTER (WHERE %(is_open)s) OVER (), 0)"
        " + CASE WHEN %(is_open)s THEN 0 ELSE %(gain)s END) END",
        value=value,
        is_open=is_open,
        gain=gain,
    )


def by_share(position, bands):
    """Return the points of the first band within whose share ``position`` begins; 0 behind all of them.

    :param bands: ``[(up to per cent, points), …]`` in any order
    """
    if not bands:
        return SQL("CASE WHEN %s IS NOT NULL THEN 0 END", position)
    cases = [SQL("WHEN %s < %s THEN %s", position, end, points) for end, points in sorted(bands)]
    return SQL("CASE WHEN %s IS NULL THEN NULL %s ELSE 0 END", position, SQL(" ").join(cases))


def total(points, weights, missing):
    """Return the weighted mean of ``points``, rounded to two digits; NULL where nothing counts.

    :param points: expressions, NULL where missing
    :param weights: numbers
    :param missing: for each, ``neutral`` (50 points), ``zero`` or ``exclude`` (its weight does not count)
    """
    terms, counted = [], []
    for expression, weight, what in zip(points, weights, missing, strict=True):
        if what == "exclude":
            terms.append(SQL("COALESCE(%s * %s, 0)", expression, weight))
            counted.append(SQL("CASE WHEN %s IS NULL THEN 0 ELSE %s END", expression, weight))
        else:
            terms.append(SQL("COALESCE(%s, %s) * %s", expression, NEUTRAL if what == "neutral" else 0, weight))
            counted.append(SQL("%s", weight))
    return SQL("round((%s) / NULLIF(%s, 0), 2)", SQL(" + ").join(terms), SQL(" + ").join(counted))


def grade_for(score, thresholds, margin=0):
    """Return the id of the best grade whose threshold, moved by ``margin``, ``score`` reaches; the last one otherwise.

    :param thresholds: ``[(grade id, minimum), …]``, best first
    """
    cases = [SQL("WHEN %s >= %s THEN %s", score, minimum + margin, grade) for grade, minimum in thresholds[:-1]]
    last = thresholds[-1][0]
    return SQL("CASE WHEN %s IS NULL THEN NULL %s ELSE %s END", score, SQL(" ").join(cases), last)


def with_hysteresis(score, current, thresholds, margin):
    """Return the grade for ``score`` of a customer who has ``current`` now: it goes up when it clears a threshold by
    ``margin`` points, down when it misses its own by as much, and stays where it is in between.
    """
    plain = grade_for(score, thresholds)
    if not margin:
        return plain
    place = {grade: place for place, (grade, _minimum) in enumerate(thresholds)}

    def placed(expression):
        return SQL(
            "(CASE %s %s END)",
            expression,
            SQL(" ").join(SQL("WHEN %s THEN %s", grade, number) for grade, number in place.items()),
        )

    up, down = grade_for(score, thresholds, margin), grade_for(score, thresholds, -margin)
    return SQL(
        "CASE WHEN %(here)s IS NULL THEN %(plain)s WHEN %(up_place)s < %(here)s THEN %(up)s"
        " WHEN %(down_place)s > %(here)s THEN %(down)s WHEN %(score)s IS NULL THEN NULL ELSE %(current)s END",
        here=placed(current),
        plain=plain,
        up=up,
        up_place=placed(up),
        down=down,
        down_place=placed(down),
        score=score,
        current=current,
    )
