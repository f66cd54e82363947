-- One row per login, sign-up or opened account within a session of the source: from then on the visitor is known.
SELECT session_id, customer_ref, occurred_at AS at, import_id
FROM interactions
WHERE session_id IS NOT NULL
  AND kind IN ('login', 'log_in', 'logged_in', 'user_logged_in', 'sign_in', 'signin', 'signed_in', 'user_signed_in',
    'signup', 'sign_up', 'signed_up', 'user_signed_up', 'register', 'registered', 'registration', 'account_created',
    'account_opened', 'user_registered')
