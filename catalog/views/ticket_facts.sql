-- One row per ticket with its clocks in elapsed time (seconds). Events run in the order of at, source_seq, event_id;
-- an event before the opening counts as at the opening.
-- first_response: the first public answer by a person; bots do not stop the clock. first_resolution, full_resolution:
-- from the opening to the first and the last time the ticket was solved; full_resolution only while it is solved.
-- solved: solved and not reopened since. is_open: neither solved nor closed since it was opened or reopened;
-- solved and is_open are empty where the source never delivers an end.
-- requester_wait: time in which the company owed the next step: from the opening, a customer's message or a
-- reopening until a public answer, pending or solved; only for solved tickets.
-- reopens: times a solved ticket became unsolved: reopened, or solved again after new work (a message, an assignment,
-- pending); the source's own count where no event says. handoffs: changes of assignee or team; else the source's.
-- one_touch: solved with exactly one public answer. first_contact_resolution: solved, and no other ticket of the same
-- customer and category from its opening until 7 days after it was solved; empty for an unsolved ticket.
-- sla_met: decided outcomes only; the source's own `breached`, else every due time against what happened.
-- used_article: empty where the source never names articles; one_touch likewise for public answers.
WITH opened AS (
  SELECT
    t.*,
    coalesce(a.customer_id, t.customer_ref) AS customer_id,
    coalesce(t.source, '') AS origin
  FROM tickets AS t
  LEFT JOIN customer_aliases AS a ON a.alias = t.customer_ref
),
line AS (
  SELECT
    e.ticket_id,
    e.kind,
    greatest(e.at, t.opened_at) AS at,
    t.opened_at,
    e.assignee,
    e.team,
    e.handle_seconds,
    e.article_id,
    row_number() OVER w AS place,
    lag(CASE WHEN e.kind IN ('customer_message', 'assigned', 'pending', 'reopened', 'solved') THEN e.kind END)
      IGNORE NULLS OVER w AS work_before,
    lag(CASE WHEN e.kind IN ('customer_message', 'reopened', 'public_answer', 'pending', 'solved', 'closed')
      THEN e.kind END) IGNORE NULLS OVER w AS turn_before,
    lag(CASE WHEN e.kind IN ('customer_message', 'reopened', 'public_answer', 'pending', 'solved', 'closed')
      THEN greatest(e.at, t.opened_at) END) IGNORE NULLS OVER w AS turn_before_at,
    lag(e.assignee) IGNORE NULLS OVER w AS assignee_before,
    lag(e.team) IGNORE NULLS OVER w AS team_before,
    e.assignee IS NOT NULL AND lead(e.assignee) IGNORE NULLS OVER w IS NULL AS last_assignee,
    e.team IS NOT NULL AND lead(e.team) IGNORE NULLS OVER w IS NULL AS last_team
  FROM ticket_events AS e
  JOIN tickets AS t ON t.ticket_id = e.ticket_id
  WINDOW w AS (PARTITION BY e.ticket_id ORDER BY e.at, e.source_seq, e.event_id)
),
happened AS (
  SELECT
    ticket_id,
    min(at) FILTER (WHERE kind = 'public_answer') AS first_response_at,
    min(at) FILTER (WHERE kind = 'solved') AS first_resolution_at,
    max(at) FILTER (WHERE kind = 'solved') AS last_solved_at,
    max(place) FILTER (WHERE kind = 'solved') AS solved_place,
    max(place) FILTER (WHERE kind = 'reopened') AS reopened_place,
    max(place) FILTER (WHERE kind = 'closed') AS closed_place,
    count(*) FILTER (WHERE kind = 'solved' AND work_before IS DISTINCT FROM 'solved') AS solves,
    count(*) FILTER (WHERE kind = 'public_answer') AS public_answers,
    count(*) FILTER (WHERE kind = 'customer_message') AS customer_messages,
    count(*) FILTER (WHERE assignee IS NOT NULL OR team IS NOT NULL) AS charges,
    count(*) FILTER (WHERE assignee <> assignee_before OR team <> team_before) AS handoffs,
    sum(
      CASE
        WHEN kind NOT IN ('customer_message', 'reopened', 'public_answer', 'pending', 'solved') THEN NULL
        WHEN turn_before IS NULL THEN CAST(at AS BIGINT) - CAST(opened_at AS BIGINT)
        WHEN turn_before IN ('customer_message', 'reopened') THEN CAST(at AS BIGINT) - CAST(turn_before_at AS BIGINT)
      END
    ) AS wait_micros,
    sum(CAST(handle_seconds AS DECIMAL(18, 6))) AS handle_seconds,
    count(article_id) AS articles,
    max(assignee) FILTER (WHERE last_assignee) AS assignee,
    max(team) FILTER (WHERE last_team) AS last_team
  FROM line
  GROUP BY ticket_id
),
sources AS (
  SELECT
    t.origin,
    bool_or(e.kind IN ('solved', 'closed')) AS ends,
    bool_or(e.kind = 'public_answer') AS answers,
    bool_or(e.article_id IS NOT NULL) AS articles
  FROM ticket_events AS e
  JOIN opened AS t ON t.ticket_id = e.ticket_id
  GROUP BY t.origin
),
rated AS (
  SELECT ticket_id, score, score_share
  FROM (
    SELECT
      ticket_id,
      score,
      score_share,
      row_number() OVER (PARTITION BY ticket_id ORDER BY answered_at DESC, feedback_id) AS place
    FROM feedback_facts
    WHERE instrument = 'csat' AND ticket_id IS NOT NULL AND answered
  ) AS answers
  WHERE place = 1
),
stated AS (
  SELECT
    o.*,
    h.first_response_at,
    h.first_resolution_at,
    h.last_solved_at,
    h.handle_seconds,
    h.wait_micros,
    h.assignee,
    h.last_team,
    coalesce(h.public_answers, 0) AS public_answers,
    coalesce(h.customer_messages, 0) AS customer_messages,
    CASE WHEN h.solves > 0
      THEN h.solves - 1 + CASE WHEN h.reopened_place > h.solved_place THEN 1 ELSE 0 END
      ELSE o.source_reopens END AS reopens,
    CASE WHEN h.charges > 0 THEN h.handoffs ELSE o.source_handoffs END AS handoffs,
    CASE WHEN s.ends
      THEN h.solved_place IS NOT NULL AND h.solved_place > coalesce(h.reopened_place, 0) END AS solved,
    CASE WHEN s.ends
      THEN greatest(coalesce(h.solved_place, 0), coalesce(h.closed_place, 0)) <= coalesce(h.reopened_place, 0)
      END AS is_open,
    CASE WHEN s.answers THEN true END AS answers_known,
    CASE WHEN s.articles THEN coalesce(h.articles, 0) > 0 END AS used_article,
    lead(o.opened_at) OVER (PARTITION BY o.customer_id, o.category ORDER BY o.opened_at, o.source_seq, o.ticket_id)
      AS next_opened_at
  FROM opened AS o
  LEFT JOIN happened AS h ON h.ticket_id = o.ticket_id
  LEFT JOIN sources AS s ON s.origin = o.origin
),
clocked AS (
  SELECT
    s.*,
    CASE WHEN s.solved THEN s.last_solved_at END AS solved_at,
    s.breached IS NOT NULL OR s.first_response_due_at IS NOT NULL OR s.resolution_due_at IS NOT NULL AS has_bound,
    coalesce(s.first_response_at, CASE WHEN s.solved THEN s.last_solved_at END) AS answered_by
  FROM stated AS s
),
judged AS (
  SELECT
    c.*,
    CASE
      WHEN c.first_response_due_at IS NULL THEN NULL
      WHEN c.answered_by IS NOT NULL THEN c.answered_by <= c.first_response_due_at
      WHEN c.first_response_due_at < as_of() THEN false
    END AS response_met,
    CASE
      WHEN c.resolution_due_at IS NULL THEN NULL
      WHEN c.solved_at IS NOT NULL THEN c.solved_at <= c.resolution_due_at
      WHEN c.resolution_due_at < as_of() THEN false
    END AS resolution_met
  FROM clocked AS c
)
SELECT
  j.ticket_id,
  j.customer_id,
  j.customer_ref,
  j.source,
  j.source_seq,
  j.opened_at,
  j.channel,
  j.category,
  j.need,
  j.priority,
  j.product_id,
  j.order_id,
  j.policy,
  j.assignee,
  coalesce(j.last_team, j.team) AS team,
  j.first_response_at,
  (CAST(j.first_response_at AS BIGINT) - CAST(j.opened_at AS BIGINT)) / 1e6 AS first_response_seconds,
  j.first_resolution_at,
  (CAST(j.first_resolution_at AS BIGINT) - CAST(j.opened_at AS BIGINT)) / 1e6 AS first_resolution_seconds,
  j.solved,
  j.solved_at,
  (CAST(j.solved_at AS BIGINT) - CAST(j.opened_at AS BIGINT)) / 1e6 AS full_resolution_seconds,
  CASE WHEN j.solved THEN coalesce(j.wait_micros, 0) / 1e6 END AS requester_wait_seconds,
  j.is_open,
  j.public_answers,
  j.customer_messages,
  j.reopens,
  j.handoffs,
  CASE WHEN j.solved AND j.answers_known THEN j.public_answers = 1 END AS one_touch,
  CASE WHEN j.solved AND j.customer_id IS NOT NULL
    THEN j.next_opened_at IS NULL OR j.next_opened_at > j.solved_at + INTERVAL '7 days'
    END AS first_contact_resolution,
  j.first_response_due_at,
  j.resolution_due_at,
  j.breached,
  CASE
    WHEN NOT j.has_bound THEN NULL
    WHEN j.breached IS NOT NULL THEN CASE WHEN j.breached THEN false WHEN j.is_open = false THEN true END
    WHEN j.response_met = false OR j.resolution_met = false THEN false
    WHEN (j.first_response_due_at IS NULL OR j.response_met) AND (j.resolution_due_at IS NULL OR j.resolution_met)
      THEN true
  END AS sla_met,
  f.score AS csat_score,
  f.score_share AS csat_share,
  CAST(j.handle_seconds AS DOUBLE) AS handle_seconds,
  j.used_article,
  CASE WHEN j.customer_id IS NOT NULL
    THEN p.first_placed_at IS NULL OR j.opened_at < p.first_placed_at END AS before_first_order,
  p.known,
  p.region,
  p.segment
FROM judged AS j
LEFT JOIN rated AS f ON f.ticket_id = j.ticket_id
LEFT JOIN customer_profiles AS p ON p.customer_id = j.customer_id
