WITH {{tickets}},
charged AS (
  SELECT ticket_id, n, 'assignee' AS what, assignee AS who FROM happenings WHERE assignee IS NOT NULL
  UNION ALL
  SELECT ticket_id, n, 'team', team FROM happenings WHERE team IS NOT NULL
),
pairs AS (
  SELECT a.ticket_id, a.n, a.what, a.who, max(b.n) AS before
  FROM charged AS a JOIN charged AS b ON b.ticket_id = a.ticket_id AND b.what = a.what AND b.n < a.n
  GROUP BY a.ticket_id, a.n, a.what, a.who
),
changes AS (
  SELECT p.ticket_id, count(DISTINCT p.n) AS number
  FROM pairs AS p JOIN charged AS b ON b.ticket_id = p.ticket_id AND b.what = p.what AND b.n = p.before
  WHERE b.who <> p.who
  GROUP BY p.ticket_id
),
counted AS (
  SELECT c.solved_month,
    CASE WHEN charged_ones.ticket_id IS NOT NULL THEN coalesce(x.number, 0) ELSE c.source_handoffs END AS handoffs
  FROM cases AS c
  LEFT JOIN (SELECT DISTINCT ticket_id FROM charged) AS charged_ones ON charged_ones.ticket_id = c.ticket_id
  LEFT JOIN changes AS x ON x.ticket_id = c.ticket_id
  WHERE c.solved_at IS NOT NULL
)
SELECT solved_month AS label, CAST(sum(handoffs) AS DOUBLE) / nullif(count(handoffs), 0) AS value, count(handoffs) AS n FROM counted GROUP BY solved_month
