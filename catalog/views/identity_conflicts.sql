-- One row per place where names cannot be told apart and nothing is linked for it. shared_session: a stranger's session
-- holds several customers (a shared device); subject is the session. shared_email: more than ten `customers` rows
-- share an address; subject is the first of them. circle: links run in a circle; subject is the alias that stands for
-- itself for it. names: whom it is about.
SELECT
  'shared_session' AS kind,
  s.session_id AS subject,
  CAST(string_agg(s.customer_ref, ', ' ORDER BY s.customer_ref) AS TEXT) AS names
FROM session_names AS s
LEFT SEMI JOIN session_names AS n ON n.session_id = s.session_id AND n.person IS NULL
WHERE s.persons > 1
GROUP BY s.session_id
UNION ALL
SELECT 'shared_email', head, CAST(string_agg(customer_ref, ', ' ORDER BY customer_ref) AS TEXT)
FROM _shared_emails
WHERE sharers > 10
GROUP BY head
UNION ALL
SELECT 'circle', alias, circle FROM _link_chains WHERE circle IS NOT NULL
