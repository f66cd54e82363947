{{orders}},
seen AS (
  SELECT i.interaction_id, i.session_id, i.kind, i.occurred_at AS at, i.source_seq, coalesce(al.customer_id, i.customer_ref) AS customer_id
  FROM interactions AS i LEFT JOIN aliases AS al ON al.alias = i.customer_ref
),
loose AS (
  SELECT * FROM seen
  WHERE session_id IS NULL AND kind <> 'store_visit' AND (right(kind, 5) = 'visit' OR kind !~
    '^(ad|advertisement|impression|campaign|email|newsletter|push|sms|event|call|phone|message|contact|contacted|social|store|referral|refer|invite|invited|share|shared|mention|order|purchase|purchased|payment|delivery|delivered|refund|return|warranty|complaint|proactive)(_|$)')
),
openers AS (
  SELECT a.customer_id, a.at
  FROM loose AS a LEFT JOIN loose AS b ON b.customer_id = a.customer_id AND b.interaction_id <> a.interaction_id
    AND (b.at < a.at OR (b.at = a.at AND (b.source_seq < a.source_seq OR (b.source_seq = a.source_seq AND b.interaction_id < a.interaction_id))))
    AND a.at < b.at + INTERVAL '30 minutes'
  GROUP BY a.customer_id, a.at, a.interaction_id
  HAVING count(b.interaction_id) = 0
),
steps AS (
  SELECT interaction_id, customer_id, kind, at, source_seq, session_id AS session FROM seen WHERE session_id IS NOT NULL
  UNION ALL
  SELECT l.interaction_id, l.customer_id, l.kind, l.at, l.source_seq, 'from ' || to_char(max(o.at), '%Y-%m-%d %H:%M:%S%.6f') || ' ' || l.customer_id
  FROM loose AS l JOIN openers AS o ON o.customer_id = l.customer_id AND o.at <= l.at
  GROUP BY l.interaction_id, l.customer_id, l.kind, l.at, l.source_seq
),
homeless AS (
  SELECT o.order_id, coalesce(al.customer_id, o.customer_ref) AS customer_id, o.ordered_at
  FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref
  WHERE o.session_id IS NULL
),
nearest AS (
  SELECT h.order_id, max(s.at) AS at FROM homeless AS h JOIN steps AS s ON s.customer_id = h.customer_id
  WHERE s.at <= h.ordered_at AND s.at > h.ordered_at - INTERVAL '30 minutes'
  GROUP BY h.order_id
),
homes AS (
  SELECT order_id, session_id AS session FROM orders WHERE session_id IS NOT NULL
  UNION ALL
  SELECT order_id, session FROM (
    SELECT h.order_id, s.session, s.source_seq, s.interaction_id,
      max(s.source_seq) OVER (PARTITION BY h.order_id) AS last_seq
    FROM homeless AS h JOIN nearest AS n ON n.order_id = h.order_id
    JOIN steps AS s ON s.customer_id = h.customer_id AND s.at = n.at
  ) AS tied
  WHERE source_seq = last_seq
),
sales AS (
  SELECT h.session, count(*) AS orders,
    sum(CASE WHEN s.order_id IS NOT NULL AND s.revenue IS NULL THEN 1 ELSE 0 END) AS unpriced, sum(s.revenue) AS revenue
  FROM homes AS h LEFT JOIN sold AS s ON s.order_id = h.order_id
  GROUP BY h.session
),
first_at AS (
  SELECT session, min(at) AS at FROM steps GROUP BY session
),
first_customer AS (
  SELECT s.session, min(s.customer_id) AS customer_id
  FROM steps AS s JOIN first_at AS f ON f.session = s.session AND f.at = s.at
  GROUP BY s.session
),
visits AS (
  SELECT s.session, c.customer_id, to_char(f.at AT TIME ZONE '{{zone}}', '%Y-%m') AS month,
    max(CASE WHEN s.kind IN ('view', 'product_view', 'product_viewed', 'view_item', 'item_viewed') THEN 1 ELSE 0 END) AS viewed,
    max(CASE WHEN s.kind IN ('search', 'site_search', 'search_results_viewed', 'view_search_results') THEN 1 ELSE 0 END) AS searched,
    max(CASE WHEN s.kind IN ('review_read', 'reviews_read', 'reviews_viewed', 'testimonial_read', 'testimonial_viewed',
      'case_study_read', 'case_study_viewed', 'comparison', 'comparison_viewed', 'compare', 'price_compared', 'price_comparison',
      'guide_viewed', 'article_view', 'article_viewed', 'article_read', 'blog_viewed', 'faq_viewed', 'content_viewed')
      THEN 1 ELSE 0 END) AS researched,
    max(CASE WHEN s.kind IN ('cart', 'cart_add', 'cart_added', 'add_to_cart', 'product_added') THEN 1 ELSE 0 END) AS carted,
    max(CASE WHEN s.kind IN ('checkout', 'checkout_start', 'checkout_started', 'begin_checkout', 'checkout_step',
      'checkout_step_completed', 'add_shipping_info', 'add_payment_info') THEN 1 ELSE 0 END) AS checked_out,
    greatest(max(CASE WHEN s.kind IN ('order', 'order_placed', 'order_completed', 'purchase', 'purchased', 'transaction', 'buy')
      THEN 1 ELSE 0 END), max(CASE WHEN x.orders > 0 THEN 1 ELSE 0 END)) AS bought,
    CASE WHEN max(x.unpriced) > 0 THEN NULL ELSE coalesce(max(x.revenue), CAST(0 AS DECIMAL(18, 4))) END AS revenue
  FROM steps AS s
  JOIN first_at AS f ON f.session = s.session
  JOIN first_customer AS c ON c.session = s.session
  LEFT JOIN sales AS x ON x.session = s.session
  GROUP BY s.session, c.customer_id, f.at
)
