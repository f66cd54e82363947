WITH {{months}},
required AS (
  SELECT DISTINCT s.staff_id, s."from", s.until, r.skill, r.at
  FROM staff AS s JOIN staff_activity AS r ON r.kind = 'skill_required' AND r.skill IS NOT NULL
  WHERE r.staff_id = s.staff_id OR (r.staff_id IS NULL AND r.team = s.team)
),
asked AS (
  SELECT DISTINCT m.label, m.until_at, r.staff_id, r.skill
  FROM months AS m JOIN required AS r ON r.at < m.until_at
  WHERE coalesce(r."from", DATE '1900-01-01') <= m.last_day AND coalesce(r.until, DATE '2200-01-01') >= m.last_day
),
held AS (
  SELECT DISTINCT a.label, a.staff_id, a.skill
  FROM asked AS a JOIN staff_activity AS c ON c.staff_id = a.staff_id AND c.skill = a.skill
  WHERE c.kind IN ('certificate', 'training') AND coalesce(c.finished_at, c.at) < a.until_at
)
SELECT a.label, CAST(count(h.staff_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM asked AS a LEFT JOIN held AS h ON h.label = a.label AND h.staff_id = a.staff_id AND h.skill = a.skill
GROUP BY a.label
