WITH {{tickets}},
turns AS (
  SELECT ticket_id, n, at, kind FROM happenings
  WHERE kind IN ('customer_message', 'reopened', 'public_answer', 'pending', 'solved', 'closed')
  UNION ALL
  SELECT ticket_id, 0, opened_at, 'opened' FROM tickets
),
pairs AS (
  SELECT a.ticket_id, a.n, a.at, a.kind, max(b.n) AS before
  FROM turns AS a JOIN turns AS b ON b.ticket_id = a.ticket_id AND b.n < a.n
  GROUP BY a.ticket_id, a.n, a.at, a.kind
),
waits AS (
  SELECT p.ticket_id, sum(CAST(p.at - b.at AS BIGINT)) AS micros
  FROM pairs AS p JOIN turns AS b ON b.ticket_id = p.ticket_id AND b.n = p.before
  WHERE b.kind IN ('opened', 'customer_message', 'reopened') AND p.kind <> 'closed'
  GROUP BY p.ticket_id
),
sample AS (
  SELECT c.solved_month AS label, coalesce(w.micros, 0) / 1000000.0 AS x
  FROM cases AS c LEFT JOIN waits AS w ON w.ticket_id = c.ticket_id
  WHERE c.solved_at IS NOT NULL
),
wanted AS (SELECT 0.5 AS p),
{{quantile}}
SELECT label, value, n FROM quantiles
