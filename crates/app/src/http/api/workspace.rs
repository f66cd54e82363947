//! The workspace itself, and its strategy map.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use clap::Args;
use jiff::Timestamp;
use throughline_engine::Reader;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cli::Moment;
use crate::http::guard::Viewer;
use crate::http::problem::{Problems, Result};
use crate::http::query::{Asked, Parameters};
use crate::http::state::Shared;
use crate::question::{Listener, Question};
use crate::wire::map::Map;
use crate::wire::workspace::{Data, Known, Login, User, Workspace};

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(workspace)).routes(routes!(map))
}

/// The workspace as somebody sees it.
#[derive(Debug, Args)]
struct Overall {
    #[command(flatten)]
    moment: Moment,
    #[arg(skip)]
    data: Option<Data>,
    #[arg(skip)]
    login: Option<Login>,
}

impl Question for Overall {
    type Found = Known;
    type Wire = Workspace;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(
        &self,
        reader: &Reader,
        present: Timestamp,
        _: Listener<'_>,
    ) -> throughline_engine::Result<Self::Found> {
        Ok((reader.sources(present).await?, reader.newest_period().await?))
    }

    fn wire(&self, found: &Self::Found, reader: &Reader) -> Workspace {
        let nobody = || Login { required: false, user: None };
        let data = self.data.unwrap_or(Data { version: 0, imported_at: None });
        Workspace::new(reader, data, found, self.login.clone().unwrap_or_else(nobody))
    }
}

/// The strategy map.
#[derive(Debug, Args)]
struct Strategy {
    #[command(flatten)]
    moment: Moment,
}

impl Question for Strategy {
    type Found = ();
    type Wire = Map;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, _: &Reader, _: Timestamp, _: Listener<'_>) -> throughline_engine::Result<()> {
        Ok(())
    }

    fn wire(&self, (): &(), reader: &Reader) -> Map {
        Map::from(&reader.definitions().scorecard)
    }
}

/// The workspace: its name, its data, its periods, and who is asking
#[utoipa::path(
    get, path = "/workspace", tag = "workspace",
    params(Parameters::<Overall>),
    responses((status = 200, description = "The workspace", body = Workspace), Problems)
)]
async fn workspace(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    mut asked: Asked<Overall>,
) -> Result<Response> {
    let version = shared.version(asked.question.moment.working)?;
    let user = User { name: person.name.clone(), role: person.role.to_string() };
    let about = format!("/workspace {} {}", user.role, user.name);
    asked.question.login = Some(Login { required: shared.people.login_required()?, user: Some(user) });
    asked.question.data = Some(Data { version: version.data, imported_at: version.imported_at });
    shared.answer(&about, asked, &person, &headers).await
}

/// The strategy map: objectives, what leads to what, and what is being done
#[utoipa::path(
    get, path = "/map", tag = "scorecard",
    params(Parameters::<Strategy>),
    responses((status = 200, description = "The map", body = Map), Problems)
)]
async fn map(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<Strategy>,
) -> Result<Response> {
    shared.answer("/map", asked, &person, &headers).await
}
