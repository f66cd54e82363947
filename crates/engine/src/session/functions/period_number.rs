//! `period_number(instant)`: the number of the period in which something happened.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Int32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type, Int32Type, TimestampMicrosecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use throughline_model::period::Calendar;

use super::{Shared, instant_or_day};
use crate::session::period_index::PeriodIndex;

/// The number of the period of the session's grain that holds an instant, or a local day. It is right
/// for every instant, also outside the rows of `periods`; NULL stays NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct PeriodNumber {
    index: Shared<PeriodIndex>,
    calendar: Shared<Calendar>,
    signature: Signature,
}

impl PeriodNumber {
    pub(super) fn new(index: Shared<PeriodIndex>, calendar: Shared<Calendar>) -> Self {
        PeriodNumber { index, calendar, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for PeriodNumber {
    fn name(&self) -> &str {
        "period_number"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        instant_or_day(self.name(), arguments)
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        super::map_column(arguments, |column| {
            let numbers: Int32Array = if column.data_type() == &DataType::Date32 {
                let starts = super::DayStarts::new(&self.calendar);
                let days = column.as_primitive::<Date32Type>();
                days.unary::<_, Int32Type>(|day| self.index.number(starts.of(day)))
            } else {
                let instants = column.as_primitive::<TimestampMicrosecondType>();
                instants.unary::<_, Int32Type>(|at| self.index.number(at))
            };
            Arc::new(numbers) as ArrayRef
        })
    }
}
