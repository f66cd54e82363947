{{aliases}},
happenings AS (
  SELECT e.ticket_id, e.kind, e.actor, e.assignee, e.team, e.article_id, t.opened_at,
    CASE WHEN e.at < t.opened_at THEN t.opened_at ELSE e.at END AS at,
    row_number() OVER (ORDER BY e.at, e.source_seq, e.ticket_id, e.event_id) AS n
  FROM ticket_events AS e JOIN tickets AS t ON t.ticket_id = e.ticket_id
),
last_reopened AS (
  SELECT ticket_id, max(n) AS n FROM happenings WHERE kind = 'reopened' GROUP BY ticket_id
),
solutions AS (
  SELECT h.ticket_id, min(h.at) AS first_at, max(h.at) AS last_at, max(CASE WHEN r.n IS NULL OR h.n > r.n THEN 1 ELSE 0 END) AS stands
  FROM happenings AS h LEFT JOIN last_reopened AS r ON r.ticket_id = h.ticket_id
  WHERE h.kind = 'solved'
  GROUP BY h.ticket_id
),
closings AS (
  SELECT h.ticket_id, max(CASE WHEN r.n IS NULL OR h.n > r.n THEN 1 ELSE 0 END) AS stands
  FROM happenings AS h LEFT JOIN last_reopened AS r ON r.ticket_id = h.ticket_id
  WHERE h.kind = 'closed'
  GROUP BY h.ticket_id
),
answers AS (
  SELECT ticket_id, min(at) AS first_at, count(*) AS number FROM happenings WHERE kind = 'public_answer' GROUP BY ticket_id
),
telling AS (
  SELECT coalesce(t.source, '') AS origin,
    max(CASE WHEN h.kind IN ('solved', 'closed') THEN 1 ELSE 0 END) AS ends,
    max(CASE WHEN h.kind = 'public_answer' THEN 1 ELSE 0 END) AS answers,
    max(CASE WHEN h.article_id IS NOT NULL THEN 1 ELSE 0 END) AS articles
  FROM happenings AS h JOIN tickets AS t ON t.ticket_id = h.ticket_id GROUP BY coalesce(t.source, '')
),
cases AS (
  SELECT t.ticket_id, t.opened_at, t.category, t.source_seq, t.source_reopens, t.source_handoffs, t.breached,
    t.first_response_due_at, t.resolution_due_at, coalesce(al.customer_id, t.customer_ref) AS customer_id,
    to_char(t.opened_at AT TIME ZONE '{{zone}}', '%Y-%m') AS opened_month,
    w.ends, w.answers AS tells_answers, w.articles AS tells_articles,
    a.first_at AS answered_at, coalesce(a.number, 0) AS answers,
    s.first_at AS first_solved_at, to_char(s.first_at AT TIME ZONE '{{zone}}', '%Y-%m') AS first_solved_month,
    CASE WHEN s.stands = 1 THEN s.last_at END AS solved_at,
    to_char(CASE WHEN s.stands = 1 THEN s.last_at END AT TIME ZONE '{{zone}}', '%Y-%m') AS solved_month,
    coalesce(c.stands, 0) AS closed
  FROM tickets AS t
  LEFT JOIN aliases AS al ON al.alias = t.customer_ref
  LEFT JOIN telling AS w ON w.origin = coalesce(t.source, '')
  LEFT JOIN answers AS a ON a.ticket_id = t.ticket_id
  LEFT JOIN solutions AS s ON s.ticket_id = t.ticket_id
  LEFT JOIN closings AS c ON c.ticket_id = t.ticket_id
)
