WITH {{sessions}},
begun AS (
  SELECT coalesce(al.customer_id, o.customer_ref) AS customer_id, min(o.ordered_at) AS at
  FROM orders AS o LEFT JOIN aliases AS al ON al.alias = o.customer_ref GROUP BY 1
),
contacts AS (
  SELECT customer_ref, occurred_at AS at, 'interaction' AS what, kind FROM interactions
  UNION ALL SELECT customer_ref, opened_at, 'ticket', 'ticket' FROM tickets
  UNION ALL SELECT t.customer_ref, e.at, 'ticket', 'ticket' FROM ticket_events AS e JOIN tickets AS t ON t.ticket_id = e.ticket_id
    WHERE e.kind IN ('customer_message', 'public_answer', 'bot_answer', 'solved', 'reopened')
  UNION ALL SELECT customer_ref, answered_at, 'feedback', CASE
      WHEN instrument = 'review' AND (score - coalesce(scale_min, 1)) / (coalesce(scale_max, 5) - coalesce(scale_min, 1)) >= 0.75
        AND score <= coalesce(scale_max, 5) THEN 'advocate'
      WHEN instrument = 'nps' AND (score - coalesce(scale_min, 0)) / (coalesce(scale_max, 10) - coalesce(scale_min, 0)) >= 0.9
        AND score <= coalesce(scale_max, 10) THEN 'advocate'
      WHEN instrument IN ('brand', 'expectation') THEN 'elsewhere'
      WHEN about = 'order' AND about IS DISTINCT FROM 'ticket' THEN 'elsewhere'
      WHEN instrument = 'review' AND about IS DISTINCT FROM 'ticket' THEN 'elsewhere'
      ELSE 'answer' END
    FROM feedback WHERE answered_at IS NOT NULL
),
named AS (
  SELECT coalesce(al.customer_id, c.customer_ref) AS customer_id, c.at, c.what, c.kind
  FROM contacts AS c LEFT JOIN aliases AS al ON al.alias = c.customer_ref WHERE c.customer_ref IS NOT NULL
),
engaged AS (
  SELECT DISTINCT n.customer_id, to_char(n.at AT TIME ZONE '{{zone}}', '%Y-%m') AS month
  FROM named AS n LEFT JOIN begun AS b ON b.customer_id = n.customer_id
  WHERE (n.what = 'interaction' AND n.kind IN (
      'cart', 'cart_add', 'cart_added', 'add_to_cart', 'product_added', 'cart_remove', 'cart_removed', 'remove_from_cart',
      'product_removed', 'cart_view', 'cart_viewed', 'view_cart', 'cart_abandoned', 'checkout', 'checkout_start',
      'checkout_started', 'begin_checkout', 'checkout_step', 'checkout_step_completed', 'checkout_abandoned',
      'add_shipping_info', 'add_payment_info', 'coupon_entered', 'quote_requested', 'demo_requested', 'newsletter_signup',
      'newsletter_subscribed', 'subscribe', 'signup', 'sign_up', 'register', 'registration', 'account_created', 'login',
      'logged_in', 'form_submitted', 'lead', 'generate_lead', 'appointment_booked'))
    OR ((b.at IS NULL OR n.at < b.at) AND (n.what = 'ticket' OR (n.what = 'feedback' AND n.kind = 'answer')
      OR (n.what = 'interaction' AND n.kind IN ('chat', 'chat_start', 'chat_started', 'chat_message', 'question',
        'question_asked', 'contact', 'contacted', 'call', 'phone_call', 'message_sent'))))
),
people AS (SELECT DISTINCT month, customer_id FROM visits)
SELECT p.month AS label, CAST(count(e.customer_id) AS DOUBLE) / count(*) AS value, count(*) AS n
FROM people AS p LEFT JOIN engaged AS e ON e.customer_id = p.customer_id AND e.month = p.month
GROUP BY p.month
