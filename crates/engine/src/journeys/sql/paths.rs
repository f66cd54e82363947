//! `journey_paths([by], [longest])`: the most frequent sequences of steps.

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};

use super::answer::{Rows, columns, seconds};
use super::{Question, whole};
use crate::Result;
use crate::journeys::{PathsRequest, Scope};
use crate::session::Session;

/// Most paths that are listed.
const TOP: usize = 1000;

/// The function `journey_paths`: `by` is kind (the default), stage or channel; paths longer than `longest` steps (20) are
/// cut there. At most a thousand paths.
#[derive(Debug)]
pub(super) struct JourneyPaths;

#[async_trait]
impl Question for JourneyPaths {
    fn name(&self) -> &'static str {
        "journey_paths"
    }

    fn usage(&self) -> &'static str {
        "[by], [longest]"
    }

    fn schema(&self) -> SchemaRef {
        columns(&[
            ("path", DataType::Utf8),
            ("customers", DataType::Int64),
            ("share", DataType::Float64),
            ("median_seconds", DataType::Float64),
        ])
    }

    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch> {
        let request = PathsRequest {
            steps: arguments.first().map_or("kind", String::as_str).to_owned(),
            collapse: false,
            from: None,
            until: None,
            longest: whole(arguments.get(1).map_or("20", String::as_str), "longest")?,
            top: TOP,
            positions: 0,
            compare: None,
        };
        let view = session.journey_paths(&Scope::default(), &request, &mut |_| {}).await?;
        let found = view.groups.first().map(|group| group.paths.paths.as_slice()).unwrap_or_default();
        Rows::default()
            .texts(found.iter().map(|path| Some(path.steps.join(" > ") + if path.cut { " > ..." } else { "" })))
            .counts(found.iter().map(|path| path.share.count))
            .numbers(found.iter().map(|path| path.share.share))
            .numbers(found.iter().map(|path| seconds(path.median)))
            .finish(self.schema())
    }
}
