WITH {{tickets}},
undone AS (
  SELECT DISTINCT s.ticket_id
  FROM happenings AS s JOIN happenings AS r ON r.ticket_id = s.ticket_id AND r.n > s.n
  LEFT JOIN happenings AS e ON e.ticket_id = s.ticket_id AND e.n > r.n AND e.kind = 'solved'
  WHERE s.kind = 'solved' AND (r.kind = 'reopened' OR (r.kind IN ('customer_message', 'assigned', 'pending') AND e.ticket_id IS NOT NULL))
)
SELECT c.first_solved_month AS label, CAST(count(u.ticket_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM cases AS c LEFT JOIN undone AS u ON u.ticket_id = c.ticket_id
WHERE c.first_solved_at IS NOT NULL GROUP BY c.first_solved_month
