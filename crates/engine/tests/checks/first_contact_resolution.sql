WITH {{tickets}},
came_back AS (
  SELECT DISTINCT a.ticket_id
  FROM cases AS a JOIN cases AS b ON b.customer_id = a.customer_id AND coalesce(b.category, '') = coalesce(a.category, '') AND b.ticket_id <> a.ticket_id
  WHERE (b.opened_at > a.opened_at OR (b.opened_at = a.opened_at AND (b.source_seq > a.source_seq
      OR (b.source_seq = a.source_seq AND b.ticket_id > a.ticket_id))))
    AND b.opened_at <= a.solved_at + INTERVAL '168 hours'
)
SELECT c.solved_month AS label, CAST(count(*) - count(b.ticket_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM cases AS c LEFT JOIN came_back AS b ON b.ticket_id = c.ticket_id
WHERE c.solved_at IS NOT NULL AND c.customer_id IS NOT NULL GROUP BY c.solved_month
