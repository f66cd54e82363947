//! `local_day(instant)`: the calendar day on which something happened.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Date32Array};
use datafusion::arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{Shared, instant_or_day};
use crate::session::period_index::PeriodIndex;

/// The local day of an instant in the zone of the workspace. A day is its own local day; NULL stays
/// NULL. It agrees with `period_number` of a session whose grain is the day.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LocalDay {
    days: Shared<PeriodIndex>,
    signature: Signature,
}

impl LocalDay {
    pub(super) fn new(days: Shared<PeriodIndex>) -> Self {
        LocalDay { days, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for LocalDay {
    fn name(&self) -> &str {
        "local_day"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        instant_or_day(self.name(), arguments)
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        super::map_column(arguments, |column| {
            if column.data_type() == &DataType::Date32 {
                return Arc::new(column.as_primitive::<Date32Type>().clone()) as ArrayRef;
            }
            let instants = column.as_primitive::<TimestampMicrosecondType>();
            let days: Date32Array = instants.unary(|at| self.days.number(at));
            Arc::new(days)
        })
    }
}
