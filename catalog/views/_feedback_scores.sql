-- Feedback with its customer and its scale; feedback_facts says what they mean.
WITH told AS (
  SELECT f.*, coalesce(f.customer_ref, o.customer_ref, t.customer_ref) AS whose
  FROM feedback AS f
  LEFT JOIN orders AS o ON f.customer_ref IS NULL AND f.about = 'order' AND o.order_id = f.about_id
  LEFT JOIN tickets AS t ON f.customer_ref IS NULL AND f.about = 'ticket' AND t.ticket_id = f.about_id
),
scaled AS (
  SELECT
    f.*,
    coalesce(a.customer_id, f.whose) AS customer_id,
    coalesce(f.scale_min, CASE WHEN f.instrument IN ('nps', 'brand') THEN 0.0
      WHEN f.instrument IN ('csat', 'review', 'expectation', 'trust', 'ces') THEN 1.0 END) AS low,
    coalesce(f.scale_max, CASE f.instrument WHEN 'nps' THEN 10.0 WHEN 'brand' THEN 1.0 WHEN 'ces' THEN 7.0
      WHEN 'csat' THEN 5.0 WHEN 'review' THEN 5.0 WHEN 'expectation' THEN 5.0 WHEN 'trust' THEN 5.0 END) AS high
  FROM told AS f
  LEFT JOIN customer_aliases AS a ON a.alias = f.whose
)
SELECT
  f.*,
  CASE WHEN f.high > f.low AND f.score BETWEEN f.low AND f.high
    THEN (f.score - f.low) / (f.high - f.low) END AS score_share,
  CASE WHEN f.about = 'order' THEN f.about_id END AS order_id,
  CASE WHEN f.about = 'ticket' THEN f.about_id END AS ticket_id
FROM scaled AS f
