//! `day_end(day)`: when a local day is over.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{DataType, Date32Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use throughline_model::period::Calendar;

use super::{DayStarts, Shared};
use crate::store::schema;

/// The instant at which a local day is over, that is, the start of the next one: whatever happens before it was still on that day; NULL stays NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct DayEnd {
    calendar: Shared<Calendar>,
    signature: Signature,
}

impl DayEnd {
    pub(super) fn new(calendar: Shared<Calendar>) -> Self {
        DayEnd { calendar, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for DayEnd {
    fn name(&self) -> &str {
        "day_end"
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
            let instants: TimestampMicrosecondArray = days.unary(|day| starts.of(day.saturating_add(1)));
            Arc::new(instants.with_timezone("UTC")) as ArrayRef
        })
    }
}
