WITH {{aliases}},
reads AS (
  SELECT i.interaction_id, i.occurred_at, coalesce(al.customer_id, i.customer_ref) AS customer_id
  FROM interactions AS i LEFT JOIN aliases AS al ON al.alias = i.customer_ref
  WHERE i.kind IN ('article_view', 'article_viewed', 'article_read', 'help_viewed', 'help_article_viewed', 'help_center_viewed', 'faq_viewed', 'guide_viewed')
),
failed AS (
  SELECT DISTINCT r.interaction_id
  FROM tickets AS t LEFT JOIN aliases AS al ON al.alias = t.customer_ref
  JOIN reads AS r ON r.customer_id = coalesce(al.customer_id, t.customer_ref)
  WHERE t.opened_at >= r.occurred_at AND r.occurred_at > t.opened_at - INTERVAL '1 day'
)
SELECT to_char(r.occurred_at AT TIME ZONE '{{zone}}', '%Y-%m') AS label, CAST(count(*) - count(f.interaction_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM reads AS r LEFT JOIN failed AS f ON f.interaction_id = r.interaction_id GROUP BY 1
