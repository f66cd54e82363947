WITH {{aliases}},
unhappy AS (
  SELECT f.feedback_id, f.answered_at, coalesce(al.customer_id, f.customer_ref) AS customer_id
  FROM feedback AS f LEFT JOIN aliases AS al ON al.alias = f.customer_ref
  WHERE f.customer_ref IS NOT NULL AND f.answered_at IS NOT NULL AND (
    (f.instrument = 'nps' AND f.score >= coalesce(f.scale_min, 0) AND f.score <= coalesce(f.scale_max, 10)
      AND (f.score - coalesce(f.scale_min, 0)) / (coalesce(f.scale_max, 10) - coalesce(f.scale_min, 0)) <= 0.6)
    OR (f.instrument IN ('csat', 'review') AND f.score >= coalesce(f.scale_min, 1) AND f.score <= coalesce(f.scale_max, 5)
      AND (f.score - coalesce(f.scale_min, 1)) / (coalesce(f.scale_max, 5) - coalesce(f.scale_min, 1)) <= 0.25))
),
followed AS (
  SELECT DISTINCT u.feedback_id
  FROM unhappy AS u
  JOIN tickets AS t ON true
  LEFT JOIN aliases AS al ON al.alias = t.customer_ref
  JOIN ticket_events AS e ON e.ticket_id = t.ticket_id AND e.kind = 'public_answer'
  WHERE coalesce(al.customer_id, t.customer_ref) = u.customer_id
    AND e.at >= u.answered_at AND u.answered_at > e.at - INTERVAL '7 days'
)
SELECT to_char(u.answered_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(count(f.feedback_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM unhappy AS u LEFT JOIN followed AS f ON f.feedback_id = u.feedback_id
WHERE EXISTS (SELECT 1 FROM ticket_events WHERE kind = 'public_answer')
GROUP BY 1
