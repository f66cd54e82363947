WITH {{tickets}},
solved AS (SELECT solved_month AS month, count(*) AS number FROM cases WHERE solved_at IS NOT NULL GROUP BY solved_month),
worked AS (
  SELECT to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS month, sum(CAST(hours AS DECIMAL(18, 4))) AS hours,
    sum(CASE WHEN CAST(hours AS DECIMAL(18, 4)) <> 0 THEN 1 ELSE 0 END) AS n
  FROM staff_activity
  WHERE kind = 'hours_worked' AND hours IS NOT NULL
    AND (staff_id IN (SELECT assignee FROM ticket_events WHERE assignee IS NOT NULL) OR staff_id IN (SELECT actor FROM ticket_events WHERE actor IS NOT NULL))
  GROUP BY 1
)
SELECT w.month AS label, CAST(coalesce(s.number, 0) AS DOUBLE) / nullif(CAST(w.hours AS DOUBLE), 0) AS value, w.n
FROM worked AS w LEFT JOIN solved AS s ON s.month = w.month
