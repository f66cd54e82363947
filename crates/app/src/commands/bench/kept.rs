//! Task T8 once more, as a measure: asked again, its readings are read and not computed.

use serde_json::json;
use throughline_engine::{Error, MeasureRequest, Reader, Result};
use throughline_model::Grain;

use super::log::{DASHBOARD_CHANNEL, DASHBOARD_FROM, END, Row};

/// Orders per visit of one channel, day by day, from the measure `orders_per_visit` of the workspace.
pub async fn dashboard(reader: &Reader) -> Result<Vec<Row>> {
    let instant = |day: &str| reader.calendar().parse_instant(day).map_err(Error::input);
    let request = MeasureRequest {
        grain: Some(Grain::Day),
        by: Some("channel".to_owned()),
        from: Some(instant(DASHBOARD_FROM)?),
        to: Some(instant(END)?),
    };
    let readings = reader.measure("orders_per_visit", &request).await?;
    let asked =
        readings.iter().filter(|reading| reading.n > 0 && reading.segment.as_deref() == Some(DASHBOARD_CHANNEL));
    Ok(asked.map(|reading| vec![json!(reading.period.label), json!(reading.value)]).collect())
}
