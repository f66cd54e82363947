//! No query runs longer than queries may.

use std::time::Duration;

use datafusion_postgres::pgwire::api::ClientInfo;
use datafusion_postgres::pgwire::api::results::Response;
use datafusion_postgres::pgwire::error::PgWireResult;
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::refused;

/// How the library calls the limit that a client sets for itself, in milliseconds.
const CLIENT: &str = "statement_timeout_ms";

/// When a query that begins now has to be done.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    /// The server's limit, or a shorter one that the client has set.
    pub(super) fn of(client: &(impl ClientInfo + ?Sized), limit: Duration) -> Deadline {
        let own = client.metadata().get(CLIENT).and_then(|text| text.parse().ok()).map(Duration::from_millis);
        let limit = own.map_or(limit, |own| own.min(limit));
        Deadline { at: Instant::now() + limit, limit }
    }

    /// Waits for an answer, and sees to it that its rows come in time.
    pub(super) async fn wait<T: Limited>(self, answer: impl Future<Output = PgWireResult<T>>) -> PgWireResult<T> {
        match timeout_at(self.at, answer).await {
            Ok(answer) => answer.map(|answer| answer.limited(self)).map_err(refused::told),
            Err(_) => Err(refused::too_long(self.limit.as_secs())),
        }
    }
}

/// An answer whose rows come later.
pub(super) trait Limited {
    /// The same, ended by the deadline.
    fn limited(self, deadline: Deadline) -> Self;
}

impl Limited for Vec<Response> {
    fn limited(self, deadline: Deadline) -> Self {
        self.into_iter().map(|one| one.limited(deadline)).collect()
    }
}

impl Limited for Response {
    fn limited(self, deadline: Deadline) -> Self {
        let Response::Query(mut answer) = self else { return self };
        let rows = std::mem::replace(&mut answer.data_rows, Box::pin(stream::empty()));
        answer.data_rows = Box::pin(stream::unfold(Some(rows), move |rows| async move {
            let mut rows = rows?;
            match timeout_at(deadline.at, rows.next()).await {
                Ok(None) => None,
                Ok(Some(row)) => Some((row.map_err(refused::told), Some(rows))),
                Err(_) => Some((Err(refused::too_long(deadline.limit.as_secs())), None)),
            }
        }));
        Response::Query(answer)
    }
}
