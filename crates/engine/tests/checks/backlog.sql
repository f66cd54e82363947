WITH {{tickets}}, {{months}},
turns AS (
  SELECT ticket_id, n, kind, to_char(at AT TIME ZONE '{{zone}}', '%Y-%m') AS month FROM happenings WHERE kind IN ('solved', 'closed', 'reopened')
),
last_turn AS (
  SELECT m.label, c.ticket_id, max(t.n) AS n
  FROM months AS m JOIN cases AS c ON c.opened_month <= m.label
  LEFT JOIN turns AS t ON t.ticket_id = c.ticket_id AND t.month <= m.label
  WHERE c.ends = 1
  GROUP BY m.label, c.ticket_id
)
SELECT l.label, CAST(sum(CASE WHEN t.kind IS NULL OR t.kind = 'reopened' THEN 1 ELSE 0 END) AS DOUBLE) AS value, CAST(NULL AS BIGINT) AS n
FROM last_turn AS l LEFT JOIN turns AS t ON t.n = l.n AND t.ticket_id = l.ticket_id
GROUP BY l.label
