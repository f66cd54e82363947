-- One row per session: the source's session; where it has none, touchpoints of a customer less than 30 minutes apart.
-- Advertisements, mails, messages, calls, store visits, referrals and shares without a session of the source make
-- none. channel: of the first touchpoint. ordered: an order was placed in it, whatever became of it; an order that
-- names no session belongs to that of its customer's last touchpoint within 30 minutes before it. revenue: leaves
-- cancelled and unavailable orders out; 0 without an order, empty where an order's revenue is unknown. views: of
-- products. research: reviews, testimonials, case studies, comparisons, articles read.
WITH visited AS (
  SELECT
    i.interaction_id AS key,
    coalesce(a.customer_id, i.customer_ref) AS customer_id,
    i.session_id,
    i.occurred_at AS at,
    i.source_seq,
    i.kind,
    i.channel
  FROM interactions AS i
  LEFT JOIN customer_aliases AS a ON a.alias = i.customer_ref
),
apart AS (
  SELECT
    *,
    CASE WHEN at < lag(at) OVER w + INTERVAL '30 minutes' THEN NULL ELSE at END AS opens_at
  FROM visited
  WHERE session_id IS NULL
    AND kind <> 'store_visit'
    AND (
      kind LIKE '%visit'
      OR split_part(kind, '_', 1) NOT IN
        ('ad', 'advertisement', 'impression', 'campaign', 'email', 'newsletter', 'push', 'sms', 'event', 'call',
         'phone', 'message', 'contact', 'contacted', 'social', 'store', 'referral', 'refer', 'invite', 'invited',
         'share', 'shared', 'mention', 'order', 'purchase', 'purchased', 'payment', 'delivery', 'delivered', 'refund',
         'return', 'warranty', 'complaint', 'proactive')
    )
  WINDOW w AS (PARTITION BY customer_id ORDER BY at, source_seq, key)
),
steps AS (
  SELECT key, customer_id, session_id, at, source_seq, kind, channel FROM visited WHERE session_id IS NOT NULL
  UNION ALL
  SELECT
    key,
    customer_id,
    customer_id || ' ' || CAST(
      max(opens_at) OVER (
        PARTITION BY customer_id ORDER BY at, source_seq, key ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS TEXT
    ) AS session_id,
    at,
    source_seq,
    kind,
    channel
  FROM apart
),
placed AS (
  SELECT order_id, customer_id, ordered_at, session_id, counts, revenue FROM order_facts
),
adopted AS (
  SELECT order_id, session_id, counts, revenue
  FROM (
    SELECT
      o.order_id,
      s.session_id,
      o.counts,
      o.revenue,
      row_number() OVER (PARTITION BY o.order_id ORDER BY s.at DESC, s.source_seq DESC, s.key DESC) AS place
    FROM placed AS o
    JOIN steps AS s ON s.customer_id = o.customer_id
    WHERE o.session_id IS NULL AND s.at <= o.ordered_at AND o.ordered_at < s.at + INTERVAL '30 minutes'
  ) AS near
  WHERE place = 1
),
sold AS (
  SELECT
    session_id,
    count(*) AS orders,
    min(order_id) AS order_id,
    count(*) FILTER (WHERE counts AND revenue IS NULL) AS unpriced,
    sum(revenue) FILTER (WHERE counts) AS revenue
  FROM (
    SELECT order_id, session_id, counts, revenue FROM placed WHERE session_id IS NOT NULL
    UNION ALL
    SELECT order_id, session_id, counts, revenue FROM adopted
  ) AS all_orders
  GROUP BY session_id
),
walked AS (
  SELECT
    session_id,
    first_value(customer_id ORDER BY at, source_seq, key) AS customer_id,
    first_value(channel ORDER BY at, source_seq, key) AS channel,
    min(at) AS started_at,
    max(at) AS ended_at,
    count(*) AS touchpoints,
    count(*) FILTER (WHERE kind LIKE '%visit' OR kind IN ('session', 'session_start', 'session_started', 'landing'))
      AS visits,
    count(*) FILTER (WHERE kind IN ('search', 'site_search', 'search_results_viewed', 'view_search_results'))
      AS searches,
    count(*) FILTER (WHERE kind IN ('view', 'product_view', 'product_viewed', 'view_item', 'item_viewed')) AS views,
    count(*) FILTER (WHERE kind IN
      ('review_read', 'reviews_read', 'reviews_viewed', 'testimonial_read', 'testimonial_viewed', 'case_study_read',
       'case_study_viewed', 'comparison', 'comparison_viewed', 'compare', 'price_compared', 'price_comparison',
       'guide_viewed', 'article_view', 'article_viewed', 'article_read', 'blog_viewed', 'faq_viewed', 'content_viewed'))
      AS research,
    bool_or(kind IN ('cart', 'cart_add', 'cart_added', 'add_to_cart', 'product_added')) AS cart,
    bool_or(kind IN ('checkout', 'checkout_start', 'checkout_started', 'begin_checkout', 'checkout_step',
      'checkout_step_completed', 'add_shipping_info', 'add_payment_info')) AS checkout,
    bool_or(kind IN ('order', 'order_placed', 'order_completed', 'purchase', 'purchased', 'transaction', 'buy'))
      AS order_event
  FROM steps
  GROUP BY session_id
)
SELECT
  w.session_id,
  w.customer_id,
  coalesce(p.known, false) AS known,
  w.started_at,
  w.ended_at,
  w.channel,
  w.touchpoints,
  w.visits,
  w.searches,
  w.views,
  w.research,
  w.cart,
  w.checkout,
  s.orders IS NOT NULL OR w.order_event AS ordered,
  coalesce(s.orders, 0) AS orders,
  s.order_id,
  CASE WHEN s.unpriced > 0 THEN NULL ELSE CAST(coalesce(s.revenue, 0) AS DECIMAL(18, 4)) END AS revenue,
  p.region,
  p.segment
FROM walked AS w
LEFT JOIN sold AS s ON s.session_id = w.session_id
LEFT JOIN customer_profiles AS p ON p.customer_id = w.customer_id
