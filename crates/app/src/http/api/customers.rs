//! Customers: finding them, and what they went through.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use clap::Args;
use jiff::Timestamp;
use serde_json::Value;
use throughline_engine::{CustomerList, Reader};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cli::Moment;
use crate::commands::customer;
use crate::http::guard::Viewer;
use crate::http::problem::{Problems, Result};
use crate::http::query::{Asked, Parameters};
use crate::http::state::Shared;
use crate::question::{Listener, Question};
use crate::wire;
use crate::wire::customer::Customers;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(customers)).routes(routes!(time_line))
}

/// Which customers.
#[derive(Debug, Args)]
struct Search {
    /// Part of the customer's id or of any name; without it, those with the most orders
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    moment: Moment,
}

impl Question for Search {
    type Found = CustomerList;
    type Wire = Customers;
    const TABLE: &'static [&'static str] = &["customers"];
    const PERSONAL: bool = true;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, _: Listener<'_>) -> throughline_engine::Result<CustomerList> {
        reader.customers(self.search.as_deref(), self.limit).await
    }

    fn wire(&self, found: &CustomerList, _: &Reader) -> Customers {
        Customers::from(found)
    }

    fn mask(wire: &mut Value) {
        wire::mask::customers(wire);
    }
}

/// Customers by part of a name; viewers see no names
#[utoipa::path(
    get, path = "/customers", tag = "customers",
    params(Parameters::<Search>),
    responses((status = 200, description = "The customers", body = Customers), Problems)
)]
async fn customers(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    headers: HeaderMap,
    asked: Asked<Search>,
) -> Result<Response> {
    shared.answer("/customers", asked, &person, &headers).await
}

/// One customer's time line; viewers see no names
#[utoipa::path(
    get, path = "/customers/{id}", tag = "customers",
    params(("id" = String, Path, description = "The customer's id, or any name"), Parameters::<customer::One>),
    responses((status = 200, description = "The time line", body = wire::customer::TimeLine), Problems)
)]
async fn time_line(
    State(shared): State<Shared>,
    Viewer(person): Viewer,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut asked: Asked<customer::One>,
) -> Result<Response> {
    let about = format!("/customers/{id}");
    asked.question.id = id;
    shared.answer(&about, asked, &person, &headers).await
}
