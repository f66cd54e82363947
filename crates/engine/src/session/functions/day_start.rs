//! `day_start(day)`: when a local day begins.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use throughline_model::period::Calendar;

use super::{DayStarts, Shared};
use crate::store::schema;

/// The instant at which a local day begins in the zone of the workspace: midnight, or the end of the gap where midnight is left out; NULL stays NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct DayStart {
    calendar: Shared<Calendar>,
    signature: Signature,
}

impl DayStart {
    pub(super) fn new(calendar: Shared<Calendar>) -> Self {
        DayStart { calendar, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for DayStart {
    fn name(&self) -> &str {
        "day_start"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        super::day(self.name(), arguments)
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(schema::instant())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        super::map_column(arguments, |column| {
            let starts = DayStarts::new(&self.calendar);
            let days = column.as_primitive::<Date32Type>();
            let instants: TimestampMicrosecondArray = days.unary(|day| starts.of(day));
            Arc::new(instants.with_timezone("UTC")) as ArrayRef
        })
    }
}
