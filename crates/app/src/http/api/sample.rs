//! The sample company, for those who have no data at hand.

use std::fs;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use throughline_engine::intake::SourceFile;
use throughline_engine::{Error, ImportRequest};
use throughline_sample::{Options, Progress, generate};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::imports::brought;
use crate::http::guard::Editor;
use crate::http::jobs::{Job, Work};
use crate::http::problem::{Problem, Problems, Result};
use crate::http::state::Shared;
use crate::http::uploads::Uploads;

/// Customers of the company: enough for every screen to have something to show, and made in seconds.
const CUSTOMERS: u32 = 5_000;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(sample))
}

/// Makes the sample company and imports it, where there are no data yet
///
/// The files are those of `throughline demo` with 5,000 customers; the job's result is that of an import.
#[utoipa::path(
    post, path = "/sample", tag = "import",
    responses(
        (status = 202, description = "The job", body = Job),
        (status = 409, description = "There are data already"),
        Problems,
    )
)]
async fn sample(State(shared): State<Shared>, Editor(person): Editor) -> Result<(StatusCode, Json<Job>)> {
    nothing_yet(&shared)?;
    shared.audit(&person, "import.run", "sample company", "");
    let inner = shared.clone();
    let job = shared.jobs.start("sample", &person.name, move |work| async move {
        // An import may have come first meanwhile.
        nothing_yet(&inner)?;
        let uploads = Uploads::of(inner.workspace.folder());
        let (made, teller) = (uploads.clone(), work.clone());
        let ids =
            tokio::task::spawn_blocking(move || make(&made, &teller)).await.map_err(|_| Problem::internal())??;
        let files = ids.iter().map(|id| uploads.find(id)).collect::<Result<Vec<SourceFile>>>()?;
        let request = ImportRequest { files, ..ImportRequest::default() };
        let (ended, to_mend) = brought(&inner, request, work).await.map_err(|problem| uploads.plain(problem))?;
        inner.metrics.imports.inc();
        uploads.end(&ids, &to_mend);
        inner.warm();
        Ok(ended)
    })?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

fn nothing_yet(shared: &Shared) -> Result<()> {
    if shared.version(false)?.data == 0 {
        return Ok(());
    }
    Err(Problem::busy("The workspace has data already.").hint("Make another workspace for the sample company."))
}

/// Writes the company's files, each as an upload of its own.
fn make(uploads: &Uploads, work: &Work) -> Result<Vec<String>> {
    let (_, folder) = uploads.make()?;
    let mut progress = |now: Progress| {
        work.say(format!("Making the sample company: {} of {} customers", now.customers_done, now.customers));
    };
    let options = Options { customers: CUSTOMERS, ..Options::default() };
    let summary = generate(&options, &folder, &mut progress).map_err(|error| Error::internal(error.to_string()))?;
    let mut ids = Vec::new();
    for table in &summary.tables {
        let (id, own) = uploads.make()?;
        fs::rename(&table.path, own.join(table.path.file_name().unwrap_or_default())).map_err(Error::from)?;
        ids.push(id);
    }
    // What stays is removed after a day.
    let _ = fs::remove_dir_all(folder);
    Ok(ids)
}
